-- mailseal.core.dns.channel: c-ares behind one descriptor (csrc/dns/channel.h).
local core = require "mailseal.core"
local fault_server = require "spec.support.fault_server"
local shell = require "spec.support.shell"

describe("core.dns.channel", function()
  local server, channel

  setup(function() server = fault_server.start() end)
  teardown(function() server:stop() end)

  before_each(function()
    channel = assert(core.dns.channel(1, 100))
    assert(channel:add_server("127.0.0.1", tonumber(server.address:match ":(%d+)$")))
  end)
  after_each(function() channel:close() end)

  local function query(name) return (core.dns.encode(name .. ".test", "TXT")) end

  -- What becomes of so many queries, by number; and their numbers in the order in which they were done.
  local function outcomes(n)
    local found, order = {}, {}
    while n > 0 do
      core.async.poll({ channel:pollfd() }, channel:timeout() or 1)
      channel:process()
      for id, answer, code in function() return channel:take() end do
        found[id], order[#order + 1], n = answer or code, id, n - 1
      end
    end
    return found, order
  end

  it("speaks cqueues' polling protocol", function()
    assert.equal("number", type(channel:pollfd()))
    assert.equal("r", channel:events())
    assert.is_nil(channel:timeout())
    channel:send(1, query "silent", 1)
    assert.is_true(channel:timeout() <= 0.05)
  end)

  it("hands over each answer under its query's number", function()
    local ok, big = channel:send(1, query "ok", 1), channel:send(1, query "text900", 1)
    assert.equal(2, channel:outstanding())
    local found = outcomes(2)
    assert.same({ "ok" }, found[ok].text)
    assert.equal(900, #found[big].text[1])
    assert.equal(0, channel:outstanding())
    assert.is_nil(channel:take())
  end)

  it("keeps each query's own time", function()
    local before = core.async.now()
    local long, short = channel:send(1, query "silent", 0.8), channel:send(1, query "silent", 0.1)
    assert.same({ [short] = "timeout" }, outcomes(1))
    assert.is_true(core.async.now() - before >= 0.099)
    assert.same({ [long] = "timeout" }, outcomes(1))
    assert.is_true(core.async.now() - before >= 0.799)
  end)

  it("gives no query more than its own longest time", function()
    local hasty, before = assert(core.dns.channel(0.1, 100)), core.async.now()
    channel, hasty = hasty, channel
    hasty:close()
    assert(channel:add_server("127.0.0.1", tonumber(server.address:match ":(%d+)$")))
    local id = channel:send(1, query "silent", 60)
    assert.equal("timeout", outcomes(1)[id])
    assert.is_true(core.async.now() - before < 1)
  end)

  -- Another channel to the server in place of the usual one.
  local function reopen(longest, in_flight)
    channel:close()
    channel = assert(core.dns.channel(longest, in_flight))
    assert(channel:add_server("127.0.0.1", tonumber(server.address:match ":(%d+)$")))
  end

  it("lets so many queries be under way, and the others wait for their turn, first come, first served", function()
    reopen(30, 2)
    channel:send(1, query "silent", 20)
    local expected = { (channel:send(1, query "silent", 0.3)) }
    for i = 1, 3 do expected[i + 1] = channel:send(1, query("ok.turn" .. i), 10, false, 20) end
    channel:process()
    assert.equal(0, server:asked("ok.turn1.test").udp)
    assert.equal(5, channel:outstanding())
    local found, order = outcomes(4)
    assert.same(expected, order)
    assert.equal("timeout", found[expected[1]])
    for i = 1, 3 do assert.same({ "ok" }, found[expected[i + 1]].text) end
  end)

  it("gives a query its time from when it is sent", function()
    reopen(5, 1)
    local before = core.async.now()
    channel:send(1, query "silent", 0.4)
    channel:send(1, query "silent", 0.4, false, 5)
    outcomes(2)
    assert.is_true(core.async.now() - before >= 0.799)
  end)

  it("ends in time what still waits for its turn", function()
    reopen(5, 1)
    local before = core.async.now()
    channel:send(1, query "silent", 3)
    local waiting = channel:send(1, query "ok", 1, false, 0.2)
    local found = outcomes(1)
    assert.same({ [waiting] = "queued" }, found)
    local took = core.async.now() - before
    assert.is_true(took >= 0.199 and took < 2, "took " .. took)
  end)

  it("forgets a query that is cancelled: one under way, one that waits, one that is done", function()
    reopen(5, 3)
    local done, under_way = channel:send(1, query "ok", 5), channel:send(1, query "silent", 5)
    local other, waiting = channel:send(1, query "ok", 5), channel:send(1, query "silent", 5, false, 5)
    repeat
      core.async.poll({ channel:pollfd() }, channel:timeout() or 1)
      channel:process()
    until channel:timeout() == 0
    core.async.poll({}, 0.1)
    channel:process()
    channel:cancel(done)
    channel:cancel(under_way)
    channel:cancel(waiting)
    channel:cancel(1000)
    assert.equal(1, channel:outstanding())
    local id, answer = channel:take()
    assert.equal(other, id)
    assert.same({ "ok" }, answer.text)
    assert.is_nil(channel:take())
    assert.equal(0, channel:outstanding())
    assert.is_nil(channel:timeout())
  end)

  it("sends a query again that a server leaves unanswered while it replies to others", function()
    reopen(10, 100)
    channel:send(1, query "ok", 5)
    outcomes(1)
    local id = channel:send(1, query "from4.ok.again", 9)
    assert.same({ "ok" }, outcomes(1)[id].text)
  end)

  it("sends it a few times and no more, where that is the only one", function()
    reopen(10, 100)
    local id, outcome = channel:send(1, query "silent.only", 2), nil
    while not outcome do
      channel:send(1, query "ok", 2)
      outcome = outcomes(1)[id]
      core.async.poll({}, 0.05)
    end
    assert.equal("timeout", outcome)
    local asked = server:asked("silent.only.test").udp
    assert.is_true(asked >= 2 and asked <= 4, "asked " .. asked .. " times")
  end)

  it("learns what replies take, and sends a slow server hardly any query twice", function()
    reopen(5, 100)
    local asked = 0
    for i = 1, 10 do
      local name = "delay500.ok.slow" .. i
      channel:send(1, query(name), 4)
      outcomes(1)
      asked = asked + server:asked(name .. ".test").udp
    end
    assert.is_true(asked <= 12, "asked " .. asked .. " times")
  end)

  -- Of a server that never replied.
  describe("nothing having been heard of a server,", function()
    local silent

    before_each(function()
      silent = fault_server.start()
      reopen(10, 100)
      assert(channel:add_server("127.0.0.1", silent.port))
    end)
    after_each(function() silent:stop() end)

    it("sends a query again where it is one of few", function()
      local id = channel:send(2, query "from2.ok.few", 9)
      assert.same({ "ok" }, outcomes(1)[id].text)
    end)

    it("sends queries once where they are many", function()
      for i = 1, 50 do channel:send(2, query("silent.many" .. i), 1) end
      outcomes(50)
      for i = 1, 50, 7 do assert.equal(1, silent:asked(("silent.many%d.test"):format(i)).udp) end
    end)
  end)

  it("has many queries to a silent server under way, and goes on when it is back", function()
    reopen(10, 5000)
    for _ = 1, 2000 do channel:send(1, query "silent", 0.5, false, 5) end
    for _, outcome in pairs(outcomes(2000)) do assert.equal("timeout", outcome) end
    local id = channel:send(1, query "ok", 5)
    assert.same({ "ok" }, outcomes(1)[id].text)
  end)

  it("tells a reply that was cut off, or that makes no sense, from an answer", function()
    local cut, senseless = channel:send(1, query "tc.text3000", 1), channel:send(1, query "record-cut", 1)
    assert.same({ [cut] = "truncated", [senseless] = "bad_message" }, outcomes(2))
  end)

  -- Some versions of c-ares add one.
  it("sends no option of EDNS that is not in the query", function()
    local id = channel:send(1, query "formerr-options.ok", 5)
    assert.same({ "ok" }, outcomes(1)[id].text)
  end)

  -- Some versions of c-ares write replies anew, or break off where they cannot read one.
  it("takes replies as they came, odd ones too", function()
    for _, tcp in ipairs { false, true } do
      local odd, senseless = channel:send(1, query "rcode23", 5, tcp), channel:send(1, query "pointer-self", 5, tcp)
      local found = outcomes(2)
      assert.equal(23, found[odd].rcode)
      assert.equal("bad_message", found[senseless])
    end
  end)

  it("asks over TCP on request", function()
    local id = channel:send(1, query "tc.text3000", 1, true)
    assert.equal(3000, #outcomes(1)[id].text[1])
  end)

  describe("where a TCP connection gives no reply,", function()
    -- How many connections there are to the server.
    local function connections()
      local n = 0
      for line in io.lines "/proc/net/tcp" do
        local port, state = line:match "^%s*%d+: %x+:%x+ %x+:(%x+) (%x+)"
        if port and tonumber(port, 16) == server.port and state == "01" then n = n + 1 end
      end
      return n
    end

    it("asks over another one from then on", function()
      reopen(10, 100)
      local stalled, during = channel:send(1, query "stall.ok", 1, true), channel:send(1, query "ok", 1, true)
      assert.same({ [stalled] = "timeout", [during] = "timeout" }, outcomes(2))
      local again, other = channel:send(1, query "stall.ok", 5, true), channel:send(1, query "ok", 5, true)
      local found = outcomes(2)
      assert.same({ "ok" }, found[again].text)
      assert.same({ "ok" }, found[other].text)
    end)

    it("closes it when nobody waits there any more", function()
      reopen(10, 100)
      local long, short = channel:send(1, query "stall.ok.long", 3, true), channel:send(1, query "ok", 0.2, true)
      assert.same({ [short] = "timeout" }, outcomes(1))
      assert.equal(1, connections())
      assert.same({ [long] = "timeout" }, outcomes(1))
      assert.equal(0, connections())
    end)

    it("closes it when who waited there is gone, and asks over another one", function()
      reopen(10, 100)
      local stalled = channel:send(1, query "stall.ok.gone", 9, true)
      repeat
        channel:process()
        core.async.poll({ channel:pollfd() }, 0.05)
      until server:asked("stall.ok.gone.test").tcp == 1
      assert.equal(1, connections())
      channel:cancel(stalled)
      assert.equal(0, connections())
      local id = channel:send(1, query "stall.ok.gone", 5, true)
      assert.same({ "ok" }, outcomes(1)[id].text)
    end)
  end)

  -- A query is written when the connection is there, and that this one is broken is then known already. A program of its own, which
  -- the signal may end; it runs without the sanitizers, so on the plain build.
  if not os.getenv "MAILSEAL_BUILD" then
    it("withstands a server that hangs up before the query is written", function()
      local rude = fault_server.start { hang_up = true }
      local result = shell.run("$LUA -", ([[
        package.path, package.cpath = %q, %q
        local core = require "mailseal.core"
        local channel = assert(core.dns.channel(5, 100))
        assert(channel:add_server("127.0.0.1", %d))
        for _ = 1, 40 do
          channel:send(1, core.dns.encode("ok.test", "TXT"), 5, true)
          channel:process()
          core.async.poll({}, 0.01)
          repeat
            channel:process()
            core.async.poll({ channel:pollfd() }, channel:timeout() or 1)
            local id, answer, code = channel:take()
            if id then print(answer, code) end
          until id
        end
      ]]):format(package.path, package.cpath, rude.port))
      rude:stop()
      assert.same({ "", 0 }, { result.err, result.status })
      local told = 0
      for code in result.out:gmatch "nil\t(%l+)\n" do
        assert.is_true(code == "failed" or code == "unreachable", code)
        told = told + 1
      end
      assert.equal(40, told)
    end)
  end

  it("sends from several ports", function()
    local ports = {}
    for _ = 1, 8 do channel:send(1, query "silent", 0.1) end
    channel:process()
    for line in io.lines "/proc/net/udp" do
      local from, to = line:match "%x+:(%x+) %x+:(%x+)"
      if to and tonumber(to, 16) == tonumber(server.address:match ":(%d+)$") then ports[from] = true end
    end
    local n = 0
    for _ in pairs(ports) do n = n + 1 end
    assert.is_true(n >= 4, n .. " ports")
  end)

  it("forgets what is under way when it is closed, and is of no use afterwards", function()
    for _ = 1, 10 do channel:send(1, query "silent", 1) end
    channel:send(1, query "tc.silent", 1, true)
    channel:close()
    assert.has_error(function() channel:process() end)
    channel:close()
  end)

  -- The two share what epoll watches, so either hears of sockets that only the other one has.
  local has_ffi, ffi = pcall(require, "ffi")
  if has_ffi then
    it("withstands a process forked off that goes on with it", function()
      ffi.cdef "int fork(void); void _exit(int); int waitpid(int, int *, int);"
      local status = ffi.new "int[1]"
      local child = ffi.C.fork()
      if child == 0 then
        core.async.poll({ channel:pollfd() }, 5)
        ffi.C._exit(pcall(channel.process, channel) and 0 or 1)
      end
      channel:send(1, query "ok", 5)
      channel:process()
      assert.equal(child, ffi.C.waitpid(child, status, 0))
      assert.equal(0, status[0])
      assert.same({ "ok" }, outcomes(1)[1].text)
    end)
  end

  -- Kilobytes of memory that this process has.
  local function resident()
    for line in io.lines "/proc/self/status" do
      local kilobytes = line:match "VmRSS:%s+(%d+)"
      if kilobytes then return tonumber(kilobytes) end
    end
  end

  it("keeps no sockets' worth of memory for each of thousands of servers that were asked once", function()
    local function ask_servers(from, to)
      for number = from, to do
        assert(channel:add_server(("127.9.%d.%d"):format(math.floor(number / 200), number % 200 + 1), 9))
        channel:send(number, query "ok", 5)
        assert.same("unreachable", select(2, next((outcomes(1)))))
      end
    end
    ask_servers(2, 600)
    local before = resident()
    ask_servers(601, 3000)
    -- An address sanitizer keeps what is freed for a while.
    local allowed = os.getenv "MAILSEAL_BUILD" and 400000 or 40000
    assert.is_true(resident() - before < allowed, ("grew by %d KB"):format(resident() - before))
  end)

  it("forgets servers that nobody waits for, and numbers others like them", function()
    assert.equal(2, channel:add_server("127.0.0.1", 9))
    assert.equal(3, channel:add_server("127.0.0.1", server.port))
    local waiting, done = channel:send(3, query "delay300.ok", 5), channel:send(2, query "ok", 5)
    assert.is_false(channel:remove_server(3))
    assert.equal("unreachable", outcomes(1)[done])
    assert.is_false(channel:remove_server(3))
    assert.is_true(channel:remove_server(2))
    assert.is_false(channel:remove_server(2))
    assert.is_false(channel:remove_server(4))
    assert.equal("bad_server", select(3, channel:send(2, query "ok", 1)))
    assert.equal(2, channel:add_server("127.0.0.1", server.port))
    assert.equal(4, channel:add_server("127.0.0.2", 9))
    assert.same({ "ok" }, outcomes(1)[waiting].text)
    -- One that was given up, and of which a reply may still come.
    local id = channel:send(3, query "delay300.ok", 0.1)
    assert.equal("timeout", outcomes(1)[id])
    assert.is_true(channel:remove_server(3))
    id = channel:send(2, query "delay500.ok", 5)
    assert.same({ "ok" }, outcomes(1)[id].text)
  end)

  it("refuses addresses, servers and queries that are none", function()
    assert.equal("bad_server", select(3, channel:add_server("localhost", 53)))
    assert.equal("bad_server", select(3, channel:add_server("192.0.2.1", 0)))
    assert.equal("bad_server", select(3, channel:add_server("192.0.2.1\0", 53)))
    assert.equal("bad_server", select(3, channel:add_server(("1"):rep(100), 53)))
    assert.equal("bad_server", select(3, channel:send(2, query "ok", 1)))
    assert.equal("bad_server", select(3, channel:send(100000, query "ok", 1)))
    assert.has_error(function() channel:send(0, query "ok", 1) end)
    assert.has_error(function() channel:send(1, "short", 1) end)
  end)
end)
