local async = require "mailseal.async"
local cache = require "mailseal.dns.cache"
local dns = require "mailseal.dns"
local resolver_of = require "mailseal.dns.resolver"
local stage = require "spec.support.dns_stage"

local soa = "$ORIGIN test.\n@ 3600 SOA ns hostmaster 1 3600 600 86400 30\n"
local zone = soa .. [[
key 60 TXT "first"
key 60 MX 10 mx
alias 20 CNAME key
brief 0 TXT "gone at once"
long 2000000 TXT "for ever"
]]

local side_by_side = stage.side_by_side

describe("dns.resolver with a cache", function()
  local moment, transport, resolver

  local function clock() return moment end

  -- A resolver over the stage.
  local function resolver_with(options)
    options.now = clock
    if options.cache == nil then options.cache = cache.new { now = clock } end
    return resolver_of.new(transport, options)
  end

  before_each(function()
    moment = 1000000
    transport = stage.new(zone)
    resolver = resolver_with {}
  end)

  local function ask(name, type, options) return assert(resolver:query(name .. ".test", type or "TXT", options)) end

  describe("asked again", function()
    it("answers without asking anybody", function()
      local first = ask "key"
      local again = ask "key"
      assert.equal(1, transport.asked)
      assert.is_nil(first.from_cache)
      assert.is_true(again.from_cache)
      again.from_cache = nil
      assert.same(first, again)
    end)

    it("knows the question in every spelling", function()
      ask "key"
      assert.is_true(assert(resolver:query("KEY.Test.", "txt")).from_cache)
      assert.is_true(assert(resolver:query("k\\101y.test", "TYPE16")).from_cache)
      assert.equal(1, transport.asked)
    end)

    it("takes nothing for another question's answer", function()
      ask "key"
      assert.equal("MX", ask("key", "MX").records[1].type)
      assert.is_nil(ask("key", "TXT", { dnssec_ok = true }).from_cache)
      assert.is_nil(ask("key", "TXT", { checking_disabled = true }).from_cache)
      assert.is_nil(ask("key", "TXT", { dnssec_ok = true, checking_disabled = true }).from_cache)
      assert.equal(5, transport.asked)
      assert.is_true(ask("key", "TXT", { dnssec_ok = true }).from_cache)
      assert.is_true(ask("key", "TXT", {}).from_cache)
    end)

    it("says what is known without asking anybody, and has it copied for nobody", function()
      assert.is_nil(resolver:known("key.test", "TXT"))
      local asked = ask "key"
      local known = resolver:known("key.test", "TXT")
      assert.same({ true, 60, asked.text }, { known.from_cache, known.ttl, known.text })
      assert.is_true(rawequal(known, resolver:known("key.test", "TXT", {})))
      assert.is_false(rawequal(known, ask "key"))
      moment = moment + 10.5
      assert.equal(49, resolver:known("key.test", "TXT").ttl)
      moment = moment + 49.5
      assert.is_nil(resolver:known("key.test", "TXT"))
      assert.equal(1, transport.asked)
    end)

    it("knows nothing for another question, and nothing that is to be asked for anew", function()
      ask("key", "TXT", { dnssec_ok = true })
      for _, options in ipairs { {}, { checking_disabled = true }, { dnssec_ok = true, fresh = true } } do
        assert.is_nil(resolver:known("key.test", "TXT", options))
      end
      assert.is_nil(resolver:known("key.test", "TXT", { dnssec_ok = true, uncached = true }))
      assert.is_nil(resolver:known("key.test", "TXT", { dnssec_ok = true, no_recursion = true }))
      assert.is_nil(resolver:known("key.test D", "TXT"))
      assert.is_nil(resolver:known("key.test", "MX"))
      assert.is_true(resolver:known("key.test", "TXT", { dnssec_ok = true }).from_cache)
      assert.has_error(function() resolver:known "key.test" end, "resolver:known wants a name and a type")
    end)

    it("refuses what is no question, whatever a key in the cache may look like", function()
      ask("key", "TXT", { dnssec_ok = true })
      assert.equal("bad_name", select(3, resolver:query("key.test D", "TXT")))
      assert.equal("bad_type", select(3, resolver:query("test", "TXT key")))
    end)

    it("counts the TTL down", function()
      local first = ask "key"
      moment = moment + 25
      local again = ask "key"
      assert.equal(60, first.ttl)
      assert.equal(35, again.ttl)
      assert.equal(first.expires_at, again.expires_at)
      assert.equal(first.recheck_at, again.recheck_at)
      assert.equal(60, again.records[1].ttl)
    end)

    it("asks when the TTL is over", function()
      ask "key"
      moment = moment + 60
      assert.is_nil(ask("key").from_cache)
      assert.equal(2, transport.asked)
    end)

    it("keeps the chain's answer no longer than its CNAME", function()
      assert.equal(20, ask("alias").ttl)
      moment = moment + 20
      assert.is_nil(ask("alias").from_cache)
    end)

    it("remembers what does not exist for as long as the SOA record says (RFC 2308)", function()
      ask "gone"
      ask("key", "CAA")
      moment = moment + 29
      assert.equal("nxdomain", ask("gone").status)
      assert.equal("nodata", ask("key", "CAA").status)
      assert.equal(2, transport.asked)
      moment = moment + 1
      assert.is_nil(ask("gone").from_cache)
      assert.is_nil(ask("key", "CAA").from_cache)
    end)

    it("does not remember a negation without an SOA record", function()
      transport:publish '{"key.test": [{"type": "TXT", "data": "x"}]}'
      for _ = 1, 2 do
        assert.is_nil(ask("gone").from_cache)
        assert.is_nil(ask("key", "MX").from_cache)
      end
      assert.equal(4, transport.asked)
    end)

    it("does not remember an answer with TTL 0", function()
      ask "brief"
      assert.is_nil(ask("brief").from_cache)
    end)

    it("does not remember faults", function()
      for _, fault in ipairs { "servfail", "refused", "timeout", "bogus" } do
        transport:publish(('{"key.test": [{"error": "%s"}]}'):format(fault))
        assert.equal(fault, ask("key").status)
        transport:publish(zone)
        assert.equal("ok", ask("key", "TXT", { fresh = true }).status)
        resolver.cache:clear()
      end
    end)

    it("asks about what a server itself knows each time", function()
      ask "key"
      for _ = 1, 2 do assert.is_nil(ask("key", "TXT", { no_recursion = true }).from_cache) end
    end)

    it("takes what comes without EDNS for no other answer", function()
      ask("key", "TXT", { no_edns = true })
      assert.is_true(ask("key").from_cache)
      assert.is_true(ask("key", "TXT", { no_edns = true, dnssec_ok = true }).from_cache)
      assert.is_nil(ask("key", "TXT", { dnssec_ok = true }).from_cache)
    end)

    it("gives each caller an answer of his own", function()
      ask("key").status = "changed"
      ask("key").text = {}
      assert.equal("ok", ask("key").status)
      assert.same({ "first" }, ask("key").text)
    end)

    it("asks all the same where there is no cache", function()
      resolver = resolver_with { cache = false }
      ask "key"
      assert.is_nil(ask("key").from_cache)
      assert.equal(2, transport.asked)
    end)
  end)

  describe("says", function()
    it("until when an answer may be kept", function()
      assert.equal(moment + 60, ask("key").expires_at)
      assert.equal(moment + 30, ask("gone").expires_at)
      assert.is_nil(ask("brief").expires_at)
      transport:publish '{"key.test": [{"error": "servfail"}]}'
      assert.is_nil(ask("key", "MX").expires_at)
    end)

    it("that a day is the longest, and three hours for what does not exist", function()
      local answer = ask "long"
      assert.equal(86400, answer.ttl)
      assert.equal(moment + 86400, answer.expires_at)
      assert.equal(2000000, answer.records[1].ttl)
      transport:publish(soa:gsub("30\n", "40000\n"):gsub("3600", "50000", 1) .. "key TXT x")
      assert.equal(10800, ask("gone").ttl)
    end)

    it("when to ask again: not before a minute, nor before the answer is forgotten everywhere", function()
      assert.equal(moment + 60, ask("brief").recheck_at)
      assert.equal(moment + 60, ask("gone").recheck_at)
      assert.equal(moment + 60, ask("key").recheck_at)
      assert.equal(moment + 86400, ask("long").recheck_at)
      transport:publish(soa:gsub("30\n", "40000\n"):gsub("3600", "50000", 1) .. 'key TXT x\n')
      for _, answer in ipairs { ask("gone", "MX"), ask("key", "MX") } do
        assert.equal(moment + 10800, answer.recheck_at)
        assert.equal(moment + 10800, answer.expires_at)
      end
      transport:publish '{"key.test": [{"error": "timeout"}]}'
      assert.equal(moment + 60, ask("key", "A").recheck_at)
    end)

    it("the same without a cache", function()
      resolver = resolver_with { cache = false }
      assert.equal(moment + 60, ask("key").expires_at)
      assert.equal(moment + 60, ask("gone").recheck_at)
    end)
  end)

  describe("asked past the cache", function()
    it("asks each time, and leaves the cache as it was", function()
      ask("key", "TXT", { uncached = true })
      assert.is_nil(ask("key", "TXT", { uncached = true }).from_cache)
      assert.is_nil(ask("key").from_cache)
      assert.is_nil(ask("key", "TXT", { uncached = true }).from_cache)
      assert.is_true(ask("key").from_cache)
      assert.equal(4, transport.asked)
    end)
  end)

  describe("asked for what is fresh", function()
    local fresh = { fresh = true }

    it("asks, and remembers the answer in place of the old one", function()
      assert.equal("nxdomain", ask("new").status)
      transport:publish(zone .. 'new 60 TXT "here"\n')
      assert.equal("nxdomain", ask("new").status)
      local answer = ask("new", "TXT", fresh)
      assert.same({ "here" }, answer.text)
      assert.is_nil(answer.from_cache)
      assert.same({ "here" }, ask("new").text)
      assert.equal(2, transport.asked)
    end)

    it("knows it better from then on however it is asked", function()
      local variants = { {}, { dnssec_ok = true }, { checking_disabled = true }, { dnssec_ok = true, checking_disabled = true } }
      for number, how in ipairs { {}, { dnssec_ok = true }, { no_edns = true }, { checking_disabled = true } } do
        local name = "new" .. number
        for _, variant in ipairs(variants) do assert.equal("nxdomain", ask(name, "TXT", variant).status) end
        assert.equal("nxdomain", ask(name, "MX").status)
        transport:publish(zone .. name .. ' 60 TXT "here"\n')
        how.fresh = true
        assert.equal("ok", ask(name, "TXT", how).status)
        for _, variant in ipairs(variants) do assert.equal("ok", ask(name, "TXT", variant).status) end
        assert.equal("nxdomain", ask(name, "MX").status)
      end
    end)

    it("lets no older answer to a variant of the question, come late, be remembered or waited for", function()
      transport.holds = true
      local signed = { dnssec_ok = true }
      local answers = side_by_side(
        function() return ask("new", "TXT", signed) end,
        function()
          transport:publish(zone .. 'new 60 TXT "here"\n')
          return ask("new", "TXT", fresh)
        end,
        function()
          transport:release(2)
          async.sleep(0)
          return ask("new", "TXT", signed)
        end,
        function()
          while transport.asked < 3 do async.sleep(0) end
          transport:release(3)
          transport:release(1)
        end
      )
      assert.same({ "nxdomain", "ok", "ok" }, { answers[1].status, answers[2].status, answers[3].status })
      transport.holds = false
      assert.equal("ok", ask("new", "TXT", signed).status)
    end)

    it("keeps what it knows of the variants where it gets none", function()
      ask("key", "TXT", { dnssec_ok = true })
      transport:publish '{"key.test": [{"error": "servfail"}]}'
      assert.equal("servfail", ask("key", "TXT", fresh).status)
      assert.equal("ok", ask("key", "TXT", { dnssec_ok = true }).status)
    end)

    it("forgets the old answer where the new one may not be kept", function()
      assert.equal("nxdomain", ask("new").status)
      transport:publish(zone .. 'new 0 TXT "here"\n')
      ask("new", "TXT", fresh)
      assert.same({ "here" }, ask("new").text)
    end)

    it("keeps the old answer where it gets none", function()
      ask "key"
      transport:publish '{"key.test": [{"error": "servfail"}]}'
      assert.equal("servfail", ask("key", "TXT", fresh).status)
      assert.equal("ok", ask("key").status)
    end)

    it("waits for no answer that was asked for before", function()
      transport.holds = true
      local answers = side_by_side(
        function() return ask "new" end,
        function()
          transport:publish(zone .. 'new 60 TXT "here"\n')
          return ask("new", "TXT", fresh)
        end,
        function() return ask("new", "TXT", fresh) end,
        function()
          assert.equal(3, transport.asked)
          for number = 1, 3 do transport:release(number) end
        end
      )
      assert.equal("nxdomain", answers[1].status)
      assert.equal("ok", answers[2].status)
      assert.equal("ok", answers[3].status)
    end)

    it("lets no older answer, come late, be remembered in place of its own", function()
      transport.holds = true
      side_by_side(
        function() return ask "new" end,
        function()
          transport:publish(zone .. 'new 60 TXT "here"\n')
          return ask("new", "TXT", fresh)
        end,
        function()
          transport:release(2)
        end,
        function()
          transport:release(1)
        end
      )
      transport.holds = false
      local answer = ask "new"
      assert.is_true(answer.from_cache)
      assert.same({ "here" }, answer.text)
    end)

    it("lets others wait for its answer", function()
      transport.holds = true
      local answers = side_by_side(
        function() return ask("key", "TXT", fresh) end,
        function() return ask "key" end,
        function() transport:release(1) end
      )
      assert.equal(1, transport.asked)
      assert.same({ "first" }, answers[2].text)
    end)
  end)

  describe("asked the same by many at a time", function()
    it("asks once", function()
      transport.holds = true
      local asking = {}
      for i = 1, 50 do
        asking[i] = function() return assert(resolver:query(i % 2 == 0 and "key.test" or "KEY.test.", "TXT")) end
      end
      asking[51] = function() transport:release(1) end
      local answers, errors = side_by_side((table.unpack or unpack)(asking)) -- luacheck: ignore
      assert.same({}, errors)
      assert.equal(1, transport.asked)
      for i = 1, 50 do
        assert.same({ "first" }, answers[i].text)
        assert.is_nil(answers[i].from_cache)
      end
    end)

    it("gives all the same fault", function()
      transport:publish '{"key.test": [{"error": "refused"}]}'
      transport.holds = true
      local answers = side_by_side(
        function() return ask "key" end,
        function() return ask "key" end,
        function() transport:release(1) end
      )
      assert.equal("refused", answers[1].status)
      assert.equal("refused", answers[2].status)
      assert.equal(1, transport.asked)
    end)

    it("asks different questions each by itself", function()
      transport.holds = true
      side_by_side(
        function() return ask "key" end,
        function() return ask("key", "MX") end,
        function() return ask("key", "TXT", { checking_disabled = true }) end,
        function() return ask("key", "TXT", { no_recursion = true }) end,
        function() return ask("key", "TXT", { no_recursion = true }) end,
        function()
          assert.equal(5, transport.asked)
          for number = 1, 5 do transport:release(number) end
        end
      )
    end)

    it("gives each an answer of his own", function()
      transport.holds = true
      local answers = side_by_side(
        function()
          local answer = ask "key"
          answer.status, answer.text = "changed", {}
          return answer
        end,
        function()
          local answer = ask "key"
          answer.reason = "changed"
          return answer
        end,
        function() return ask "key" end,
        function() transport:release(1) end
      )
      assert.equal("ok", answers[2].status)
      assert.equal("ok", answers[3].status)
      assert.same({ "first" }, answers[3].text)
      assert.is_nil(answers[3].reason)
    end)

    it("lets the others have their answer where the one who asks gives up", function()
      transport.holds = true
      async.run(function()
        local hasty = async.start(function() return async.within(0.05, ask, "key") end)
        while transport.asked == 0 do async.sleep(0) end
        local patient = async.start(function() return ask "key" end)
        assert.equal("timeout", select(3, hasty:join()))
        while transport.asked == 1 do async.sleep(0.01) end
        transport:release(2)
        assert.same({ "first" }, patient:join().text)
      end)
      assert.equal(2, transport.asked)
    end)

    it("keeps nothing of a question that is answered", function()
      for i = 1, 200 do ask("n" .. i) end
      transport.holds = true
      local asking = {}
      for i = 1, 100 do asking[i] = function() return ask("m" .. i % 10) end end
      asking[101] = function()
        for number = 1, 10 do transport:release(number) end
      end
      side_by_side((table.unpack or unpack)(asking)) -- luacheck: ignore
      assert.is_nil(next(resolver.flights.latest))
    end)

    it("shares nothing where there is no cache", function()
      resolver = resolver_with { cache = false }
      transport.holds = true
      side_by_side(
        function() return ask "key" end,
        function() return ask "key" end,
        function()
          assert.equal(2, transport.asked)
          transport:release(1)
          transport:release(2)
        end
      )
    end)
  end)

  describe("as dkim.verify uses it", function()
    it("asks for a key once, whoever verifies", function()
      local dkim, key = require "mailseal.dkim", require "mailseal.key"
      local pair = assert(key.generate { type = "ed25519" })
      transport:publish(soa .. "s1._domainkey.mail 60 TXT \"" .. pair:record() .. "\"\n")
      local signer = assert(dkim.signer { domain = "mail.test", selector = "s1", key = pair })
      local message = "From: a@mail.test\r\nDate: Sun, 22 Nov 2026 07:00:00 +0000\r\nMessage-ID: <1@mail.test>\r\n\r\nHello\r\n"
      local signed = assert(signer:sign(message)) .. message
      local function verify()
        return assert(dkim.verify(signed, { resolver = resolver, key_cache = false }))[1].result
      end
      transport.holds = true
      local results = side_by_side(verify, verify, verify, function() transport:release(1) end)
      transport.holds = false
      assert.same({ "pass", "pass", "pass" }, { results[1], results[2], results[3] })
      assert.equal("pass", verify())
      assert.equal(1, transport.asked)
    end)
  end)
end)

describe("dns.resolver's option cache", function()
  local zone_table = { ["a.test"] = { { type = "TXT", data = "a" } } }

  local function hits(options)
    options.zone = zone_table
    local resolver = assert(dns.resolver(options))
    resolver:query("a.test", "TXT")
    return resolver:query("a.test", "TXT").from_cache == true
  end

  it("is off over a zone, and on over the network", function()
    assert.is_false(hits {})
    assert.is_nil(assert(dns.resolver { zone = zone_table }).cache)
    assert.is_table(assert(dns.resolver { servers = { "192.0.2.1" } }).cache)
    assert.is_nil(assert(dns.resolver { servers = { "192.0.2.1" }, cache = false }).cache)
  end)

  it("is a number of answers, or true for as many as usual", function()
    assert.is_true(hits { cache = 2 })
    assert.is_true(hits { cache = true })
  end)

  it("may be a cache that several resolvers share", function()
    local shared = cache.new()
    assert.is_true(hits { cache = shared })
    assert.is_true(assert(dns.resolver { zone = {}, cache = shared }):query("a.test", "TXT").from_cache)
  end)

  it("goes by an injected clock", function()
    local moment = 1000
    local resolver = assert(dns.resolver { zone = zone_table, cache = 10, now = function() return moment end })
    assert.equal(1300, resolver:query("a.test", "TXT").expires_at)
    moment = 1299
    assert.equal(1, resolver:query("a.test", "TXT").ttl)
    moment = 1300
    assert.is_nil(resolver:query("a.test", "TXT").from_cache)
  end)

  it("names a lua_shared_dict in nginx alone", function()
    local resolver, message, code = dns.resolver { cache = "answers" }
    assert.is_nil(resolver)
    assert.equal('there is no lua_shared_dict "answers", for this is not nginx', message)
    assert.equal("bad_cache", code)
  end)

  it("refuses a table that is no cache, and less than two answers", function()
    local wanted = "dns.resolver: cache must be true or false, a whole number from 2 to 1000000000, "
      .. "the name of a lua_shared_dict, or a cache"
    for _, wrong in ipairs { { get = function() end }, {}, 1, 2.5, -1, 1e300, 0 / 0, print } do
      assert.has_error(function() dns.resolver { zone = zone_table, cache = wrong } end, wanted)
    end
  end)
end)
