local async = require "mailseal.async"
local dns = require "mailseal.dns"
local fault_server = require "spec.support.fault_server"
local inquiry = require "mailseal.dns.inquiry"
local resolver_of = require "mailseal.dns.resolver"
local zone = require "mailseal.dns.zone"

local text = [[
$TTL 60
test. IN SOA ns.test. host.test. 1 2 3 4 5
test. IN NS ns.test.
ns.test. IN A 192.0.2.53
mail.test. IN A 192.0.2.1
key.test. IN TXT "key"
*.wild.test. IN TXT "wild"
1.2.0.192.in-addr.arpa. IN PTR mail.test.
]]

-- A resolver to whom each query costs so many seconds, by a clock that nothing else moves.
local function slow_resolver(cost, options)
  local inner, clock = assert(zone.read(text)), { moment = 1000, asked = 0 }
  local transport = { servers = { false }, tries = 1 }
  function transport:exchange(query, server, seconds)
    clock.asked = clock.asked + 1
    if clock.asked == clock.closes_at then clock.resolver:close() end
    clock.moment = clock.moment + math.min(cost, seconds)
    if cost >= seconds then return nil, "too slow", "timeout" end
    return inner:exchange(query, server)
  end
  function transport:close() end
  options = options or {}
  options.clock = function() return clock.moment end
  clock.resolver = resolver_of.new(transport, options)
  return clock.resolver, clock
end

describe("dns.inquiry", function()
  it("gives each query what time is left", function()
    local resolver, clock = slow_resolver(0.5)
    local asking = inquiry.new(resolver, { deadline = 1.2 }, 9)
    assert.equal("ok", asking:query("key.test", "TXT").status)
    assert.is_nil(asking:over())
    assert.equal("ok", asking:query("key.test", "TXT").status)
    assert.equal("timeout", asking:query("key.test", "TXT").status)
    assert.equal("timeout", asking:over())
    assert.equal(1001.2, clock.moment)
  end)

  it("asks nobody when the time is over, and says why", function()
    local resolver, clock = slow_resolver(5)
    local asking = inquiry.new(resolver, { deadline = 1 }, 9)
    asking:query("key.test", "TXT")
    local answer = asking:query("key.test", "TXT")
    assert.same({ "timeout", "timeout", "key.test", "TXT" }, { answer.status, answer.reason, answer.name, answer.type })
    assert.same({ {}, {}, {} }, { answer.records, answer.text, answer.chain })
    assert.equal(1, clock.asked)
  end)

  it("has time for so many queries where it is not told", function()
    local resolver, clock = slow_resolver(100, { timeout = 1.5 })
    local asking = inquiry.new(resolver, nil, 2)
    for _ = 1, 5 do assert.equal("timeout", asking:query("key.test", "TXT").status) end
    assert.equal(1003, clock.moment)
  end)

  it("hands its options on, but for the deadline", function()
    local resolver = slow_resolver(0)
    local given
    function resolver.query(_, _, _, options) given = options end
    local asking = inquiry.new(resolver, { dnssec_ok = true, deadline = 3 }, 1)
    asking:query("key.test", "TXT", { fresh = true })
    assert.same({ dnssec_ok = true, fresh = true, deadline = 3 }, given)
    asking:query("key.test", "TXT")
    assert.same({ dnssec_ok = true, deadline = 3 }, given)
  end)

  it("answers for a resolver that is closed", function()
    local resolver = slow_resolver(0)
    local asking = inquiry.new(resolver, nil, 1)
    resolver:close()
    local answer = asking:query("key.test", "TXT")
    assert.same({ "timeout", "closed" }, { answer.status, answer.reason })
  end)
end)

describe("a deadline", function()
  -- Each look-up, with a deadline that is over amidst it, after each number of queries.
  local lookups = {
    authoritative = function(resolver, options) return resolver:authoritative("key.test", "TXT", options) end,
    reverse = function(resolver, options) return resolver:reverse("192.0.2.1", options) end,
    synthesized = function(resolver, options) return resolver:synthesized("a.wild.test", "TXT", options) end,
  }

  for name, look_up in pairs(lookups) do
    it("is for the whole of " .. name, function()
      local _, whole = slow_resolver(1, { timeout = 100 })
      look_up(whole.resolver, { deadline = 100 })
      for deadline = 0.5, whole.asked - 0.5 do
        local resolver, clock = slow_resolver(1, { timeout = 100 })
        local found, _, code = look_up(resolver, { deadline = deadline })
        local status = found and found.status or code
        assert.equal("timeout", status, deadline)
        assert.is_true(clock.moment <= 1000 + deadline + 1e-6, ("%s took %g of %g s"):format(name, clock.moment - 1000, deadline))
        if found and name == "authoritative" then
          assert.is_true(found.reason == "timeout" or found.reason == "silent" or found.reason == "unasked", found.reason)
        end
      end
      assert.is_true(whole.asked > 1)
    end)

    it("is there in " .. name .. " where none is given", function()
      local resolver, clock = slow_resolver(100, { timeout = 1, tries = 2 })
      look_up(resolver)
      assert.is_true(clock.moment <= 1016, clock.moment)
    end)

    it("need not be over where the resolver is closed amidst " .. name, function()
      local _, whole = slow_resolver(0)
      look_up(whole.resolver)
      for at = 1, whole.asked - 1 do
        local resolver, clock = slow_resolver(0)
        clock.closes_at = at
        local found, message, code = look_up(resolver)
        assert.equal("timeout", found and found.status or code)
        if name == "synthesized" then assert.matches(": closed$", message) end
        if name == "reverse" then assert.equal("closed", found.reason) end
      end
    end)
  end

  it("holds where a name is deep and its servers are silent", function()
    local server = fault_server.start()
    local resolver = assert(dns.resolver { servers = { server.address } })
    local before = async.now()
    local found = assert(resolver:authoritative(("silent."):rep(21) .. "test", "TXT", { deadline = 1 }))
    local took = async.now() - before
    server:stop()
    assert.same({ "timeout", "timeout" }, { found.status, found.reason })
    assert.is_true(took < 3, ("%g s"):format(took))
  end)
end)
