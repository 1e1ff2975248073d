local async = require "mailseal.async"
local dns = require "mailseal.dns"
local knot = require "spec.support.knot"

local long_text = ('"' .. ("x"):rep(250) .. '" '):rep(8)

local zone = [[
@ SOA ns hostmaster 1 3600 600 86400 30
@ NS ns
ns A 127.0.0.1
@ MX 10 mx.other.test.
@ MX 20 MX2
key TXT "v=DKIM1; p=" "rest"
two TXT "first"
two TXT "second"
short TXT 20 "soon" ; not a TTL, but two strings
brief 7 TXT "kept for seven seconds"
medium TXT "]] .. ("m"):rep(255) .. '" "' .. ("n"):rep(255) .. '" "' .. ("o"):rep(255) .. '"\n' .. [[
long TXT ]] .. long_text .. [[

alias CNAME key
one CNAME two-hops
two-hops CNAME three-hops
three-hops 9 CNAME alias
nowhere CNAME gone
abroad 11 CNAME key.elsewhere.test.
loop CNAME loop2
loop2 CNAME loop
]]

local elsewhere = [[
@ SOA ns hostmaster 1 3600 600 86400 30
@ NS ns
ns A 127.0.0.1
key TXT "from elsewhere"
]]

describe("dns.resolver over the network, asking Knot", function()
  local server, resolver

  setup(function()
    server = assert(knot.start { zones = { ["example.test"] = zone, ["elsewhere.test"] = elsewhere } })
    resolver = assert(dns.resolver { servers = { server.address }, timeout = 2, tries = 3 })
  end)

  teardown(function() server:stop() end)

  local function ask(name, type, options)
    return assert(resolver:query(name .. ".example.test", type, options))
  end

  it("finds a TXT record, its strings apart and joined", function()
    local answer = ask("key", "TXT")
    assert.equal("ok", answer.status)
    assert.same({ "v=DKIM1; p=rest" }, answer.text)
    assert.same({ { name = "key.example.test", type = "TXT", ttl = 60, strings = { "v=DKIM1; p=", "rest" } } }, answer.records)
    assert.same({}, answer.chain)
    assert.equal(60, answer.ttl)
    assert.equal(0, answer.rcode)
    assert.is_false(answer.authentic)
    assert.equal(server.address, answer.server)
  end)

  it("keeps several records at one name apart", function()
    local answer = ask("two", "TXT")
    table.sort(answer.text)
    assert.same({ "first", "second" }, answer.text)
  end)

  it("gives the names back in lower case and without the dot", function()
    local answer = assert(resolver:query("KEY.Example.TEST.", "txt"))
    assert.equal("ok", answer.status)
    assert.equal("key.example.test", answer.name)
    assert.equal("TXT", answer.type)
  end)

  it("decodes MX records", function()
    local answer = assert(resolver:query("example.test", "MX"))
    table.sort(answer.records, function(a, b) return a.preference < b.preference end)
    assert.same({ name = "example.test", type = "MX", ttl = 60, preference = 10, exchange = "mx.other.test" }, answer.records[1])
    assert.equal("mx2.example.test", answer.records[2].exchange)
  end)

  it("tells a name without such records from a name that does not exist", function()
    local nodata, nxdomain = ask("key", "MX"), ask("gone", "MX")
    assert.equal("nodata", nodata.status)
    assert.equal("nxdomain", nxdomain.status)
    assert.same({}, nodata.records)
    assert.equal(3, nxdomain.rcode)
  end)

  it("takes the time that a negative answer may be kept from the SOA record (RFC 2308 §5)", function()
    assert.equal(30, ask("gone", "TXT").ttl)
  end)

  it("follows CNAMEs to the records, the least TTL being the answer's", function()
    local answer = ask("one", "TXT")
    assert.equal("ok", answer.status)
    assert.same({ "two-hops.example.test", "three-hops.example.test", "alias.example.test", "key.example.test" }, answer.chain)
    assert.equal("key.example.test", answer.records[1].name)
    assert.equal(9, answer.ttl)
  end)

  it("asks for the rest of a chain that leaves the server's zone", function()
    local answer = ask("abroad", "TXT")
    assert.equal("ok", answer.status)
    assert.same({ "from elsewhere" }, answer.text)
    assert.same({ "key.elsewhere.test" }, answer.chain)
    assert.equal("abroad.example.test", answer.name)
    assert.equal(11, answer.ttl)
  end)

  it("says nxdomain of a CNAME that leads nowhere, and where it leads", function()
    local answer = ask("nowhere", "TXT")
    assert.equal("nxdomain", answer.status)
    assert.same({ "gone.example.test" }, answer.chain)
  end)

  it("takes a CNAME loop for a fault, not for a missing record", function()
    local answer = ask("loop", "TXT")
    assert.equal("servfail", answer.status)
    assert.equal("cname_loop", answer.reason)
  end)

  -- Some versions of c-ares have a cache of their own, which nobody can ask past.
  it("finds what is published after it was missing, asked for what is fresh", function()
    for number, how in ipairs { {}, { dnssec_ok = true }, { checking_disabled = true } } do
      local name = "published" .. number
      local missing, owner = number == 1 and "nxdomain" or "nodata", name .. ".example.test."
      if missing == "nodata" then assert(server:update("example.test", { "add " .. owner .. " 60 A 192.0.2.1" })) end
      assert.equal(missing, ask(name, "TXT", how).status)
      assert(server:update("example.test", { "add " .. owner .. ' 60 TXT "here"' }))
      assert.equal(missing, ask(name, "TXT", how).status)
      how.fresh = true
      assert.same({ "here" }, ask(name, "TXT", how).text)
    end
  end)

  it("answers a question for the CNAME itself", function()
    assert.equal("key.example.test", ask("alias", "CNAME").records[1].target)
  end)

  it("receives more than 512 octets over UDP", function()
    local answer = ask("medium", "TXT")
    assert.equal("ok", answer.status, answer.reason)
    assert.equal(765, #answer.text[1])
  end)

  it("goes to TCP where a datagram does not hold the answer", function()
    local answer = ask("long", "TXT")
    assert.equal(2000, #answer.text[1])
    assert.equal(8, #answer.records[1].strings)
    assert.equal(2000, #ask("long", "TXT", { no_edns = true }).text[1])
  end)

  it("says that a server refused", function()
    local answer = assert(resolver:query("example.org", "TXT"))
    assert.equal("refused", answer.status)
    assert.equal(5, answer.rcode)
  end)

  it("asks the next server where one refuses, is dead or silent", function()
    local other = assert(knot.start { zones = { ["example.org"] = elsewhere } })
    local failover = assert(dns.resolver { servers = { "127.0.0.1:1", server.address, other.address }, timeout = 0.5, tries = 1 })
    local answer = assert(failover:query("key.example.org", "TXT"))
    assert.equal("ok", answer.status)
    assert.equal(other.address, answer.server)
    server:silence(true)
    answer = assert(failover:query("key.example.org", "TXT", { fresh = true }))
    server:silence(false)
    other:stop()
    assert.equal("ok", answer.status)
  end)

  it("says timeout of a silent server, within the deadline", function()
    local hasty = assert(dns.resolver { servers = { server.address }, timeout = 0.4, tries = 5, deadline = 0.6 })
    server:silence(true)
    local before = async.now()
    local answer = assert(hasty:query("key.example.test", "TXT"))
    local took = async.now() - before
    server:silence(false)
    assert.equal("timeout", answer.status)
    assert.equal("timeout", answer.reason)
    assert.is_true(took >= 0.55 and took < 1.5, "took " .. took)
  end)

  it("says timeout, and why, of a server that is not there", function()
    local answer = assert(assert(dns.resolver { servers = { "127.0.0.1:1" } }):query("example.test", "TXT"))
    assert.equal("timeout", answer.status)
    assert.equal("unreachable", answer.reason)
  end)

  it("sees a record as soon as it is published, asked for what is fresh", function()
    assert.equal("nxdomain", ask("new", "TXT").status)
    assert(server:update("example.test", { 'add new.example.test. 60 TXT "here"' }))
    assert.same({ "here" }, ask("new", "TXT", { fresh = true }).text)
  end)

  it("asks side by side in tasks", function()
    local names = {}
    for i = 1, 200 do names[i] = (i % 2 == 0 and "key" or "gone") .. ".example.test" end
    local answers, errors = async.map(names, 50, function(name) return resolver:query(name, "TXT") end)
    assert.same({}, errors)
    for i = 1, 200 do assert.equal(i % 2 == 0 and "ok" or "nxdomain", answers[i].status) end
  end)

  it("lets many queries to a silent server wait together", function()
    local hasty = assert(dns.resolver { servers = { server.address }, timeout = 0.5, tries = 1 })
    local names = {}
    for i = 1, 200 do names[i] = ("n%d.example.test"):format(i) end
    server:silence(true)
    local before = async.now()
    local answers = async.map(names, 200, function(name) return hasty:query(name, "TXT") end)
    local took = async.now() - before
    server:silence(false)
    for i = 1, 200 do assert.equal("timeout", answers[i].status) end
    assert.is_true(took < 2, "took " .. took)
  end)

  it("waits in place in a coroutine that is not a task", function()
    local foreign = coroutine.create(function() return ask("key", "TXT") end)
    local ok, answer = coroutine.resume(foreign)
    assert.is_true(ok)
    assert.equal("dead", coroutine.status(foreign))
    assert.equal("ok", answer.status)
  end)

  it("waits in place in a foreign coroutine within a task, without losing other tasks' replies", function()
    local answers = async.map({ true, false, true }, 3, function(foreign)
      if not foreign then return ask("two", "TXT") end
      return coroutine.wrap(function() return ask("key", "TXT") end)()
    end)
    assert.equal("ok", answers[1].status)
    assert.equal(2, #answers[2].text)
    assert.equal("ok", answers[3].status)
  end)

  it("works over IPv6", function()
    local six = knot.start { zones = { ["elsewhere.test"] = elsewhere }, listen = { "::1" } }
    if not six then return pending "there is no IPv6 on this machine" end
    local answer = assert(assert(dns.resolver { servers = { six.address } }):query("key.elsewhere.test", "TXT"))
    six:stop()
    assert.equal("ok", answer.status)
  end)
end)

describe("dns.resolver", function()
  local resolver = assert(dns.resolver { zone = {} })

  local function refuses(code, ...)
    local answer, message, found = resolver:query(...)
    assert.is_nil(answer)
    assert.equal("string", type(message))
    assert.equal(code, found)
  end

  it("returns nil for a name that is none", function()
    for _, name in ipairs { "", "..", "a..b", ".a", ("a"):rep(64), ("a."):rep(128), "a b", "a\0b", "b\195\188cher.de", "a\\25", "a\\" } do
      refuses("bad_name", name, "TXT")
    end
  end)

  it("asks for the longest names there are", function()
    local name = ("a"):rep(63) .. "." .. ("b"):rep(63) .. "." .. ("c"):rep(63) .. "." .. ("d"):rep(61)
    assert.equal(name, assert(resolver:query(name, "TXT")).name)
    refuses("bad_name", name .. "d", "TXT")
    assert.equal(".", assert(resolver:query(".", "NS")).name)
  end)

  it("returns nil for a type that is none", function()
    for _, type in ipairs { "", "NOPE", "TYPE0", "TYPE65536", "TYPEx" } do refuses("bad_type", "example.test", type) end
    local _, message = resolver:query("example.test", "NOPE")
    assert.equal('"NOPE" is no record type: name one, such as TXT, or give TYPE1 to TYPE65535', message)
  end)

  it("returns nil for a type that questions or messages have, and no record", function()
    for _, type in ipairs {
      "ANY", "any", "AXFR", "IXFR", "MAILA", "MAILB", "OPT", "TKEY", "TSIG", "TYPE41", "TYPE128", "TYPE249", "TYPE251", "TYPE252",
      "TYPE255",
    } do
      refuses("bad_type", "example.test", type)
      local _, message = resolver:query("example.test", type)
      assert.equal(type .. " is a type that no record has: ask for each type of record by its name", message)
    end
    for _, type in ipairs { "TYPE127", "TYPE256", "CAA" } do assert.is_table(resolver:query("example.test", type)) end
  end)

  it("raises on a name or type that is no string", function()
    assert.has_error(function() resolver:query(nil, "TXT") end, "resolver:query wants a name and a type")
    assert.has_error(function() resolver:query("example.test") end, "resolver:query wants a name and a type")
  end)

  it("refuses servers that are none", function()
    for _, server in ipairs { "", "localhost", "192.0.2.256", "192.0.2.1:0", "192.0.2.1:65536", "[192.0.2.1", "1:2:3" } do
      local made, message, code = dns.resolver { servers = { server } }
      assert.is_nil(made)
      assert.equal("string", type(message))
      assert.equal("bad_server", code)
    end
    assert.equal("bad_server", select(3, dns.resolver { servers = {} }))
  end)

  it("takes servers in every spelling", function()
    assert(dns.resolver { servers = { "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:5353" } })
  end)

  it("lets go of its sockets on request", function()
    local closed = assert(dns.resolver { servers = { "127.0.0.1:1" } })
    closed:query("example.test", "TXT")
    closed:close()
    closed:close()
  end)

  it("asks for several names side by side, and tells each answer by its place", function()
    local records = { ["a.test"] = { { type = "TXT", data = "a" } }, ["b.test"] = { { error = "timeout" } } }
    local over_zone = assert(dns.resolver { zone = records })
    local answers = over_zone:query_all({ "a.test", "b.test", "c.test", "not a name" }, "TXT")
    assert.same({ "a" }, answers[1].text)
    assert.equal("timeout", answers[2].status)
    assert.equal("nxdomain", answers[3].status)
    assert.is_false(answers[4])
    assert.same({}, over_zone:query_all({}, "TXT"))
  end)

  it("raises where several names are not asked for as they are to be, and tells the line that did it", function()
    local over_zone = assert(dns.resolver { zone = {} })
    local function raises(message, ...)
      local ok, problem = pcall(function(...) return over_zone:query_all(...), nil end, ...)
      assert.is_false(ok)
      assert.matches("^[^\n]*resolver_spec.lua:%d+: (.*)$", problem)
      assert.equal(message, problem:match ":%d+: (.*)$")
    end
    local wanted = "resolver:query_all wants a list of names, and a type"
    raises(wanted)
    raises(wanted, nil, "TXT")
    raises(wanted, "a.test", "TXT")
    raises(wanted, { "a.test" })
    raises(wanted, { "a.test", 5 }, "TXT")
    raises('resolver:query_all knows no option "bogus"', { "a.test" }, "TXT", { bogus = 1 })
    raises("resolver:query_all wants a table of options", {}, "TXT", 5)
  end)

  it("says of names whose turn comes when it is closed that it was", function()
    local over_zone = assert(dns.resolver { zone = { ["a.test"] = { { type = "TXT", data = "a" } } } })
    local exchange = over_zone.transport.exchange
    function over_zone.transport:exchange(...)
      over_zone:close()
      return exchange(self, ...)
    end
    local answers = over_zone:query_all({ "a.test", "b.test" }, "TXT")
    assert.equal("ok", answers[1].status)
    assert.same({ "timeout", "closed" }, { answers[2].status, answers[2].reason })
  end)

  it("raises on a question to a closed resolver", function()
    for _, options in ipairs { { servers = { "127.0.0.1:1" } }, { zone = {} } } do
      local closed = assert(dns.resolver(options))
      closed:close()
      assert.has_error(function() closed:query("example.test", "TXT") end, "the resolver is closed")
      assert.has_error(function() closed:query_all({ "a" }, "TXT") end, "the resolver is closed")
    end
  end)
end)

describe("dns.resolver, told SERVFAIL,", function()
  local zone_transport = require "mailseal.dns.zone"
  local resolver_of = require "mailseal.dns.resolver"
  local dissect = require "mailseal_test".dissect

  -- A resolver over a zone, and the list of what it asks: for each query, whether checking is disabled (CD).
  local function spied(options)
    local asked = {}
    local inner = assert(zone_transport.new { ["bogus.test"] = { { error = "bogus" } }, ["failing.test"] = { { error = "servfail" } } })
    local transport = {
      servers = { false },
      exchange = function(_, query)
        asked[#asked + 1] = dissect(query).checking_disabled
        if options.slow then async.sleep(options.slow) end
        return inner:exchange(query)
      end,
    }
    return resolver_of.new(transport, options), asked
  end

  it("asks once more with checking disabled, when its tries are used up, and where that has an answer, without", function()
    for name, expected in pairs {
      bogus = { "bogus", { false, false, true, false } },
      failing = { "servfail", { false, false, true } },
    } do
      local resolver, asked = spied { tries = 2 }
      assert.equal(expected[1], resolver:query(name .. ".test", "TXT").status)
      assert.same(expected[2], asked)
    end
  end)

  it("does not where checking was disabled already, nor where a name server is asked what it knows itself", function()
    for _, option in ipairs { "checking_disabled", "no_recursion" } do
      local resolver, asked = spied { tries = 1 }
      assert.equal("servfail", resolver:query("failing.test", "TXT", { [option] = true }).status)
      assert.equal(1, #asked)
    end
  end)

  it("does not when its time is over", function()
    local resolver, asked = spied { tries = 1, deadline = 0.05, slow = 0.1 }
    assert.equal("servfail", resolver:query("bogus.test", "TXT").status)
    assert.same({ false }, asked)
  end)
end)
