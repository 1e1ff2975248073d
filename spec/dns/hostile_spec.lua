-- What bad input gets, the DNS section: each scenario of spec.support.dns_scenarios over the network, the number being the section's.
local async = require "mailseal.async"
local dns = require "mailseal.dns"
local fault_server = require "spec.support.fault_server"
local knot = require "spec.support.knot"
local scenarios = require "spec.support.dns_scenarios"

describe("bad input, DNS, over c-ares:", function()
  local started, outcomes

  -- Most of them wait, so they do it side by side, each by a resolver of its own.
  local function outcome_of(scenario)
    local servers = scenarios.servers(scenario, started)
    if not servers then return { no_servers = true } end
    local resolver = assert(dns.resolver(scenarios.options(scenario, servers)))
    local before = async.now()
    local answer = resolver:query(scenario.name, scenario.type)
    local took = async.now() - before
    resolver:close()
    return { answer = answer, took = took }
  end

  setup(function()
    started = scenarios.start()
    local errors
    outcomes, errors = async.map(scenarios.list, 30, outcome_of)
    assert.same({}, errors)
  end)

  teardown(function() scenarios.stop(started) end)

  for i, scenario in ipairs(scenarios.list) do
    it(("%d. %s"):format(scenario.line, scenario.title), function()
      local outcome = outcomes[i]
      if outcome.no_servers then return pending "there is no IPv6 on this machine" end
      scenarios.check(scenario, outcome.answer, outcome.took)
    end)
  end
end)

describe("bad input, DNS, asked more than once:", function()
  local server, resolver

  setup(function()
    server = fault_server.start()
    resolver = assert(dns.resolver { servers = { server.address }, timeout = 5 })
  end)
  teardown(function()
    resolver:close()
    server:stop()
  end)

  local function ask(name, options) return assert(resolver:query(name, "TXT", options)) end

  it("3. TTL 0 is not cached", function()
    for times = 1, 3 do
      assert.is_nil(ask("ttl0.ok.test").from_cache)
      assert.equal(times, server:asked("ttl0.ok.test").total)
    end
  end)

  it("3. what may be kept is asked once, what is negative too, unless it has no SOA", function()
    for name, queries in pairs { ["ok.kept.test"] = 1, ["gone.kept.test"] = 1, ["nodata.kept.test"] = 1, ["gone-bare.kept.test"] = 3 } do
      for _ = 1, 3 do ask(name) end
      assert.equal(queries, server:asked(name).total, name)
    end
  end)

  it("3. a fault is not kept", function()
    for _, name in ipairs { "rcode5.twice.test", "chain9.twice.test", "bogus.twice.test", "referral.twice.test" } do
      ask(name)
      local once = server:asked(name).total
      assert.is_nil(ask(name).from_cache)
      assert.equal(2 * once, server:asked(name).total, name)
    end
  end)

  it("3. a negation that is kept gives way to a fresh question", function()
    assert.equal("nxdomain", ask("gone.fresh.test").status)
    ask("gone.fresh.test", { fresh = true })
    assert.equal(2, server:asked("gone.fresh.test").total)
  end)

  it("3. many who ask at a time ask once", function()
    local names = {}
    for i = 1, 100 do names[i] = "delay200.ok.many.test" end
    for _, answer in ipairs(resolver:query_all(names, "TXT")) do assert.same({ "ok" }, answer.text) end
    -- A reply that takes longer than others did is asked for again.
    assert.is_true(server:asked("delay200.ok.many.test").total <= 2)
  end)

  -- What onboarding leans on: a fault looks like no answer whatever.
  it("5. a temporary error is told from a definitive negative: by its status, its reason, and that it may not be kept", function()
    local definitive = { gone = "nxdomain", nodata = "nodata" }
    for name, status in pairs(definitive) do
      local answer = ask(name .. ".five.test")
      assert.equal(status, answer.status)
      assert.is_nil(answer.reason)
      assert.is_number(answer.expires_at)
    end
    local hasty = assert(dns.resolver { servers = { server.address }, timeout = 0.3, tries = 1 })
    for _, name in ipairs { "silent", "rcode2", "rcode5", "rcode4", "tc.reset.ok", "loop", "bogus", "referral" } do
      local answer = assert(hasty:query(name .. ".five.test", "TXT"))
      assert.is_true(answer.status ~= "nxdomain" and answer.status ~= "nodata" and answer.status ~= "ok", name .. " " .. answer.status)
      assert.is_true(answer.reason ~= nil or answer.rcode ~= nil, name)
      assert.is_nil(answer.expires_at)
    end
    hasty:close()
  end)
end)

describe("bad input, DNS, several name servers:", function()
  local servers, resolver

  local SOA = "@ SOA ns1 hostmaster 1 3600 600 86400 30\n"
  local function zone(...)
    local lines = { SOA }
    for i, address in ipairs { ... } do lines[#lines + 1] = ("@ NS ns%d\nns%d A %s\n"):format(i, i, address) end
    return table.concat(lines)
  end

  setup(function()
    local both = zone("127.0.0.2", "127.0.0.3")
    local first = assert(knot.start { listen = { "127.0.0.2" }, zones = {
      ["differs.test"] = both .. "key TXT old\n",
      ["half.test"] = both .. "key TXT same\n",
      ["lame.test"] = zone("127.0.0.3") .. "key TXT unheard\n",
      ["wildcard.test"] = both .. "* TXT \"v=spf1 -all\"\n",
    } })
    local second = assert(knot.start { listen = { "127.0.0.3" }, port = first.port, zones = {
      ["differs.test"] = both .. "key TXT new\n",
      ["wildcard.test"] = both .. "* TXT \"v=spf1 -all\"\n",
    } })
    servers = { first, second }
    resolver = assert(dns.resolver { servers = { first.address }, port = first.port, timeout = 5, tries = 1 })
  end)
  teardown(function()
    resolver:close()
    for _, server in ipairs(servers) do server:stop() end
  end)

  local function ask(name) return assert(resolver:authoritative(name, "TXT")) end

  it('3. answers that differ are "propagating", neither verified nor failed', function()
    local found = ask "key.differs.test"
    assert.equal("propagating", found.status)
    assert.equal(2, #found.groups)
  end)

  it("3. a lame server among good ones: the others decide", function()
    local found = ask "key.half.test"
    assert.equal("ok", found.status)
    local states = {}
    for _, server in ipairs(found.servers) do states[server.address] = server.state end
    assert.same({ ["127.0.0.2"] = "answers", ["127.0.0.3"] = "lame" }, states)
  end)

  it("3. all lame: temporary", function()
    local found = ask "key.lame.test"
    local temporary = { servfail = true, refused = true, timeout = true }
    assert.is_true(temporary[found.status], found.status)
  end)

  it("4. a wildcard that answers for the selector is told from a key, by looking", function()
    assert.equal("ok", resolver:query("s1._domainkey.wildcard.test", "TXT").status)
    assert.is_true(resolver:synthesized("s1._domainkey.wildcard.test", "TXT"))
    assert.is_false(resolver:synthesized("key.half.test", "TXT"))
  end)
end)
