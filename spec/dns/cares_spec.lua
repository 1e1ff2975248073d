local async = require "mailseal.async"
local cares = require "mailseal.dns.cares"
local core = require "mailseal.core".dns
local dns = require "mailseal.dns"
local fault_server = require "spec.support.fault_server"

describe("dns.cares", function()
  local server, transport

  setup(function()
    server = fault_server.start()
    transport = assert(cares.new { server.address })
  end)
  teardown(function()
    transport:close()
    server:stop()
  end)

  local function query(name) return (core.encode(name .. ".test", "TXT")) end

  -- The text of the answer, or nil, the message and the code.
  local function ask(name, seconds, deadline, using)
    local answer, message, code = (using or transport):ask(query(name), server.address, seconds, deadline)
    if not answer then return nil, message, code end
    return answer.text[1]
  end

  it("returns the answer to a query", function()
    assert.equal("ok", ask("ok", 2))
    assert.equal("ok", async.run(ask, "ok", 2))
  end)

  it("asks servers that it was not made with, too", function()
    local other = assert(cares.new { "127.0.0.1:1" })
    assert.equal("ok", ask("ok", 2, nil, other))
    other:close()
  end)

  it("asks nobody any more once it is closed, whether it knew the server or not", function()
    local closed = assert(cares.new { "127.0.0.1:1" })
    closed:close()
    for _, name in ipairs { "127.0.0.1:1", "127.0.0.1:2" } do
      assert.same({ nil, name .. " is not asked any more", "closed" }, { closed:ask(query "ok", name, 2) })
    end
  end)

  describe("asking thousands of servers,", function()
    local many

    before_each(function() many = assert(cares.new { server.address }) end)
    after_each(function() many:close() end)

    local function ask_servers(from, to)
      for number = from, to do
        local name = ("127.9.%d.%d:9"):format(math.floor(number / 200), number % 200 + 1)
        assert.equal("unreachable", select(3, many:ask(query "ok", name, 5)))
      end
    end

    it("remembers some hundreds, those asked last", function()
      ask_servers(1, 3000)
      local known = 0
      for _, list in ipairs { many.numbers, many.older } do
        for _ in pairs(list) do known = known + 1 end
      end
      assert.is_true(known >= 256 and known <= 513, known .. " are remembered")
      assert.is_true(assert(many.channel:add_server("127.0.0.1", 9)) <= 514)
      assert.equal("ok", ask("ok", 5, nil, many))
    end)

    it("loses no reply of one that was asked before them, over TCP neither", function()
      local texts = async.map({ "delay500.ok.first", "delay500.tc.text3000.first", false }, 3, function(name)
        if name then return ask(name, 20, nil, many) end
        ask_servers(1, 1200)
      end)
      assert.equal("ok", texts[1])
      assert.equal(3000, #texts[2])
    end)
  end)

  it("asks over TCP where the reply is truncated", function()
    assert.equal(3000, #ask("tc.text3000", 5))
  end)

  it("says what went wrong", function()
    local _, message, code = ask("silent", 0.1)
    assert.equal(server.address .. " does not answer", message)
    assert.equal("timeout", code)
    assert.equal("unreachable", select(3, transport:ask(query "ok", "127.0.0.1:1", 1)))
    assert.equal("bad_server", select(3, transport:ask(query "ok", "nowhere", 1)))
    assert.equal("bad_server", select(3, cares.new {}))
    assert.equal("bad_server", select(3, cares.new { "nowhere" }))
  end)

  it("gives the query over TCP what time is left", function()
    local before = async.now()
    local answer, _, code = ask("tc.silent", 0.5, async.now() + 0.5)
    assert.is_nil(answer)
    assert.equal("tcp_failed", code)
    assert.is_true(async.now() - before < 3)
  end)

  it("lets what exceeds the cap wait for its turn, until the deadline", function()
    local narrow = assert(cares.new({ server.address }, nil, 2))
    local names = { "silent.a", "silent.b", "ok" }
    local codes = async.map(names, 3, function(name)
      return (select(3, ask(name, 3, async.now() + (name == "ok" and 0.2 or 0.6), narrow)))
    end)
    assert.same({ "timeout", "timeout", "queued" }, codes)
    assert.equal("ok", ask("ok", 2, nil, narrow))
    narrow:close()
  end)

  it("forgets the query of a task that is cancelled, and nobody else's", function()
    local found
    async.run(function()
      local slow = async.start(ask, "silent.c", 20)
      local other = async.start(ask, "delay300.ok", 20)
      async.sleep(0.05)
      slow:cancel()
      found = { ask("ok.d", 5), other:join() }
      assert.equal("cancelled", select(3, slow:join()))
    end)
    assert.same({ "ok", "ok" }, found)
    assert.equal(0, transport.channel:outstanding())
    assert.same({}, transport.waiting)
  end)

  it("leaves no query unanswered where three in ten datagrams are lost, by the usual options", function()
    -- With this seed none needs more than nine exchanges, of some twenty that there is time for.
    local lossy = fault_server.start { seed = 100 }
    local resolver = assert(dns.resolver { servers = { lossy.address }, cache = false })
    local names = {}
    for i = 1, 300 do names[i] = ("loss30.ok.usual%d.test"):format(i) end
    local answers = async.map(names, 100, function(name) return resolver:query(name, "TXT") end)
    for i = 1, 300 do assert.equal("ok", answers[i].status) end
    resolver:close()
    lossy:stop()
  end)
end)
