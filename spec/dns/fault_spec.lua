local async = require "mailseal.async"
local dns = require "mailseal.dns"
local fault_server = require "spec.support.fault_server"

describe("dns.resolver, asking a server that misbehaves,", function()
  local server, resolver

  setup(function()
    server = fault_server.start()
    resolver = assert(dns.resolver { servers = { server.address }, timeout = 0.5, tries = 2 })
  end)

  teardown(function() server:stop() end)

  local function ask(name, using) return assert((using or resolver):query(name .. ".test", "TXT")) end

  it("finds what there is", function()
    assert.same({ "ok" }, ask("ok").text)
  end)

  it("takes SERVFAIL, NOTIMP, FORMERR and the like for temporary, and says which it was", function()
    for _, rcode in ipairs { 1, 2, 4, 9 } do
      local answer = ask("rcode" .. rcode)
      assert.equal("servfail", answer.status)
      assert.equal(rcode, answer.rcode)
    end
    assert.equal("refused", ask("lame").status)
    assert.equal("nxdomain", ask("rcode3").status)
  end)

  it("takes SERVFAIL for bogus where there is an answer for those who want it unvalidated", function()
    local answer = ask "bogus"
    assert.equal("bogus", answer.status)
    assert.equal("dnssec_bogus", answer.reason)
    assert.same({}, answer.text)
    assert.is_nil(answer.ttl)
    assert.same({ "unsigned" }, assert(resolver:query("bogus.test", "TXT", { checking_disabled = true })).text)
  end)

  it("asks without EDNS where EDNS gets FORMERR", function()
    for _ = 1, 20 do assert.same({ "plain" }, ask("noedns").text) end
  end)

  it("still receives long datagrams after a FORMERR", function()
    for _ = 1, 10 do
      ask "noedns"
      for _ = 1, 5 do assert.equal(900, #(ask("big").text[1] or "")) end
    end
    assert.equal(900, #ask("nooption").text[1])
    assert.equal(900, #ask("nooption").text[1])
  end)

  it("asks without EDNS where EDNS gets silence", function()
    assert.same({ "plain" }, ask("dropedns").text)
  end)

  it("passes over replies of another ID or question, garbage and stumps", function()
    assert.same({ "true" }, ask("forged").text)
    local answer = ask "onlyforged"
    assert.equal("timeout", answer.status)
    assert.equal("timeout", answer.reason)
  end)

  it("asks over TCP where a reply is truncated", function()
    assert.equal(3000, #ask("tcok").text[1])
  end)

  it("takes a truncated reply that TCP does not complete for temporary, in time", function()
    for _, name in ipairs { "tcreset", "tchang", "tcgarbage" } do
      local before = async.now()
      local answer = ask(name)
      local took = async.now() - before
      assert.equal("timeout", answer.status)
      assert.equal("tcp_failed", answer.reason)
      assert.is_true(took < 3, name .. " took " .. took)
    end
  end)

  it("tries again where datagrams are lost", function()
    local patient = assert(dns.resolver { servers = { server.address }, timeout = 0.2, tries = 6 })
    for _ = 1, 5 do assert.same({ "found" }, ask("lost", patient).text) end
  end)

  it("goes on to a server that answers, whatever the first one does", function()
    local both = assert(dns.resolver { servers = { "127.0.0.1:1", server.address }, timeout = 0.3, tries = 1 })
    local answer = ask("ok", both)
    assert.same({ "ok" }, answer.text)
    assert.equal(server.address, answer.server)
  end)

  it("keeps one name's fault from another's query", function()
    local names = {}
    for i = 1, 100 do names[i] = ({ "ok", "silent", "noedns", "rcode2", "tcok" })[i % 5 + 1] .. ".test" end
    local answers = async.map(names, 100, function(name) return resolver:query(name, "TXT") end)
    for i = 1, 100 do
      assert.equal(({ "ok", "timeout", "ok", "servfail", "ok" })[i % 5 + 1], answers[i].status, names[i])
    end
  end)

  it("leaves no descriptor and no query behind", function()
    local function descriptors()
      -- After a moment, for we hold both ends of the pipe until the shell is there.
      local pipe = io.popen "sleep 0.1; ls /proc/$PPID/fd | wc -l"
      local n = tonumber(pipe:read "*a")
      pipe:close()
      return n
    end
    local function use_resolver()
      local short = assert(dns.resolver { servers = { server.address }, timeout = 0.05, tries = 1 })
      for _, name in ipairs { "ok", "noedns", "silent", "tcok" } do ask(name, short) end
      assert.equal(0, short.transport.channel:outstanding())
    end
    collectgarbage() collectgarbage()
    local before = descriptors()
    for _ = 1, 20 do use_resolver() end
    collectgarbage() collectgarbage()
    assert.equal(before, descriptors())
  end)
end)
