-- What a resolver does about faults beyond spec/dns/hostile_spec.lua: with many queries, many faults at a time, and what it asks.
local async = require "mailseal.async"
local dns = require "mailseal.dns"
local fault_server = require "spec.support.fault_server"
local growth = require "spec.support.growth"

describe("dns.resolver, asking a server that misbehaves,", function()
  local server, resolver

  setup(function()
    server = fault_server.start()
    resolver = assert(dns.resolver { servers = { server.address }, timeout = 0.5, tries = 2, cache = false })
  end)

  teardown(function() server:stop() end)

  local function ask(name, using) return assert((using or resolver):query(name .. ".test", "TXT")) end

  it("finds what there is, with one query", function()
    assert.same({ "ok" }, ask("ok.one").text)
    assert.same({ udp = 1, tcp = 0, total = 1, edns = 1, cd = 0 }, server:asked "ok.one.test")
  end)

  it("asks over TCP once where a reply is truncated", function()
    assert.same({ "ok" }, ask("tc.ok.one").text)
    assert.same({ udp = 1, tcp = 1, total = 2, edns = 2, cd = 0 }, server:asked "tc.ok.one.test")
  end)

  it("asks no second time where the answer is definitive", function()
    for _, name in ipairs { "gone.one", "nodata.one", "gone-bare.one", "nodata-bare.one" } do
      ask(name)
      assert.equal(1, server:asked(name .. ".test").total, name)
    end
  end)

  it("shows what did not validate to those who want it unvalidated", function()
    local answer = assert(resolver:query("bogus.test", "TXT", { checking_disabled = true }))
    assert.equal("ok", answer.status)
    assert.same({ "unsigned" }, answer.text)
  end)

  it("still has EDNS after many a FORMERR, and receives long datagrams", function()
    for _ = 1, 10 do
      assert.same({ "ok" }, ask("formerr-edns.ok").text)
      for _ = 1, 5 do assert.equal(900, #(ask("text900.long").text[1] or "")) end
    end
    assert.equal(900, #ask("ignore-edns.text900").text[1])
    assert.equal(900, #ask("ignore-edns.text900").text[1])
    assert.equal(0, server:asked("text900.long.test").tcp)
  end)

  it("tries again where datagrams are lost", function()
    local patient = assert(dns.resolver { servers = { server.address }, timeout = 0.2, tries = 6 })
    local answers = async.map({ 1, 2, 3, 4, 5 }, 5, function(i) return ask(("from3.ok.n%d"):format(i), patient) end)
    for i = 1, 5 do assert.same({ "ok" }, answers[i].text) end
  end)

  it("goes on to a server that answers, whatever the first one does", function()
    local both = assert(dns.resolver { servers = { "127.0.0.1:1", server.address }, timeout = 0.3, tries = 1 })
    local answer = ask("ok", both)
    assert.same({ "ok" }, answer.text)
    assert.equal(server.address, answer.server)
  end)

  it("keeps one name's fault from another's query, whatever order the replies come in", function()
    local kinds = { "ok", "silent", "formerr-edns.ok", "rcode2", "tc.text3000", "jitter40.ok", "twice.gone", "jitter40.nodata" }
    local statuses = { "ok", "timeout", "ok", "servfail", "ok", "ok", "nxdomain", "nodata" }
    local names = {}
    for i = 1, 200 do names[i] = ("%s.n%d.test"):format(kinds[i % 8 + 1], i) end
    local answers = async.map(names, 200, function(name) return resolver:query(name, "TXT") end)
    for i = 1, 200 do assert.equal(statuses[i % 8 + 1], answers[i].status, names[i]) end
  end)

  -- Whatever happens on the way: the answer is the true one, or it says that there is none for now.
  it("never takes a fault for another answer, least of all for a missing one", function()
    local ways = {
      "", "loss50.", "jitter30.", "twice.", "from2.", "delay30.", "swapcase.", "wrongid.", "wrongport.", "garbage.", "short.", "empty.",
      "formerr-edns.", "formerr-stump.", "notimp-edns.", "badvers-edns.", "drop-edns.", "ignore-edns.", "tc.", "tc.reset.", "tc.close.",
      "tc.length.", "tc.half.", "tc.halfclose.", "tc.drip.", "tc-always.", "loss50.tc.", "loss50.formerr-edns.",
      "jitter30.twice.garbage.", "mute1.",
    }
    local truths = {
      ok = "ok", gone = "nxdomain", ["gone-bare"] = "nxdomain", nodata = "nodata", ["nodata-bare"] = "nodata", text3000 = "ok",
      chain5 = "ok", hops3 = "ok", dangling = "nxdomain", hopdangling = "nxdomain", silent = "none", rcode2 = "none", rcode5 = "none",
      rcode4 = "none", referral = "none", loop = "none", hoploop = "none", hopsilent = "none", chain9 = "none", hops9 = "none",
      bogus = "none", ancount65535 = "none", rdlength9 = "none", ["pointer-self"] = "none",
    }
    local cases = {}
    for _, way in ipairs(ways) do
      for truth, status in pairs(truths) do cases[#cases + 1] = { name = ("%s%s.w%d.test"):format(way, truth, #cases), status = status } end
    end
    local temporary = { servfail = true, refused = true, timeout = true, bogus = true }
    local answers, errors = async.map(cases, 100, function(case) return resolver:query(case.name, "TXT") end)
    assert.same({}, errors)
    local told = 0
    for i, case in ipairs(cases) do
      told = told + (answers[i].status == case.status and 1 or 0)
      assert.is_true(answers[i].status == case.status or temporary[answers[i].status], case.name .. " is " .. answers[i].status)
    end
    assert.is_true(told > #ways, told .. " true answers")
  end)

  it("leaves no descriptor and no query behind", function()
    local function use_resolver()
      local short = assert(dns.resolver { servers = { server.address }, timeout = 0.05, tries = 1 })
      for _, name in ipairs { "ok", "formerr-edns.ok", "silent", "tc.ok", "tc.silent" } do ask(name, short) end
      local channel = short.transport.channel
      local outstanding = channel and channel:outstanding() or 0
      return outstanding
    end
    collectgarbage() collectgarbage()
    local before = growth.descriptors()
    local left = async.map({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, 10, use_resolver)
    assert.same({ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, left)
    collectgarbage() collectgarbage()
    assert.equal(before, growth.descriptors())
  end)
end)
