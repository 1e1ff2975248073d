local databases = require "spec.support.databases"
local decide = require "mailseal.onboard.decide"
local gates = require "spec.support.gates"
local rules = require "mailseal.onboard.health_rules"

local DOMAIN = "mail.example.com"

describe("onboard.decide", function()
  describe("judges", function()
    local policy = rules.policy { throttled = 100 }
    local cases = {
      { "no domain", nil, "refuse", "not_found" },
      { "one whose records are awaited", { status = "pending" }, "refuse", "not_verified" },
      { "one that was lost", { status = "pending", reason = "lost" }, "refuse", "not_verified" },
      { "one whose time is over", { status = "failed", reason = "window_over" }, "refuse", "failed" },
      { "one that another has proven to be his", { status = "failed", reason = "taken_over" }, "refuse", "taken_over" },
      { "one that is verified", { status = "verified" }, "send", "verified" },
      { "one that is disabled", { status = "verified", enabled = false }, "hold", "disabled" },
      { "one that is suspended", { status = "verified", restriction = "suspended" }, "hold", "suspended" },
      { "a throttled one that may send some more", { status = "verified", restriction = "throttled", sent = 99 }, "send", "verified" },
      { "a throttled one that has sent enough", { status = "verified", restriction = "throttled", sent = 100 }, "hold", "throttled" },
      { "a disabled one that is suspended, too", { status = "verified", enabled = false, restriction = "suspended" }, "hold", "disabled" },
      { "a disabled one that is awaited", { status = "pending", enabled = false }, "refuse", "not_verified" },
    }
    for _, case in ipairs(cases) do
      it(case[1], function()
        local gate = case[2]
        if gate and gate.enabled == nil then gate.enabled = true end
        local verdict, code, text = decide.judge(gate, gate and gate.sent or 0, policy)
        assert.same({ case[3], case[4] }, { verdict, code })
        assert.is_string(text)
      end)
    end
  end)

  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local url, registry, tenant

    before_each(function()
      url = new_database()
      registry = gates.registry { url = url }
      tenant = registry:tenant "acme"
      gates.add(tenant, DOMAIN)
    end)
    after_each(function() registry.db:close() end)

    local function code_of(whom, domain) return (select(2, whom:decide(domain or DOMAIN))) end

    it("sees at once what this process changes", function()
      local changes = {
        { function() return tenant:disable(DOMAIN) end, "disabled" },
        { function() return tenant:enable(DOMAIN) end, "verified" },
        { function() return tenant:report(DOMAIN, { delivered = 9000, bounced = 1000 }) end, "throttled" },
        { function() return tenant:reset_health(DOMAIN) end, "verified" },
        { function() return gates.set(tenant, DOMAIN, { status = "pending" }) or true end, "not_verified" },
        { function() return gates.set(tenant, DOMAIN, { status = "verified" }) or true end, "verified" },
        { function() return tenant:remove(DOMAIN) end, "not_found" },
        { function() return gates.add(tenant, DOMAIN) or true end, "verified" },
      }
      assert.equal("verified", code_of(tenant))
      for _, change in ipairs(changes) do
        assert(change[1]())
        assert.equal(change[2], code_of(tenant))
      end
    end)

    it("sees what another process changes within two seconds", function()
      local elsewhere = gates.registry { url = url }
      assert.equal("verified", code_of(tenant))
      assert.is_true(elsewhere:tenant("acme"):disable(DOMAIN))
      assert.equal("verified", code_of(tenant))
      registry.moment = registry.moment + 2
      assert.equal("disabled", code_of(tenant))
      elsewhere.db:close()
    end)

    it("sees at once a domain that another process has added", function()
      local elsewhere = gates.registry { url = url }
      assert.equal("not_found", code_of(tenant, "new.example.com"))
      gates.add(elsewhere:tenant "acme", "new.example.com")
      assert.equal("verified", code_of(tenant, "new.example.com"))
      elsewhere.db:close()
    end)

    it("says so where the store does not answer", function()
      local closed = gates.registry { url = url }
      closed.db.ask = function() return nil, "no database", "store_unreachable" end
      assert.same({ nil, "no database", "store_unreachable" }, { closed:tenant("acme"):decide(DOMAIN) })
      closed.db:close()
    end)
  end)

  it("takes under 20 µs from memory, and under 200 from the store", function()
    local registry = gates.registry()
    local tenant = registry:tenant "acme"
    gates.add(tenant, DOMAIN)

    -- The best of several: the machine may be busy elsewhere.
    local function seconds_of(count, fn)
      local best = math.huge
      for _ = 1, 5 do
        local began = os.clock()
        for _ = 1, count do fn() end
        best = math.min(best, (os.clock() - began) / count)
      end
      return best
    end

    tenant:decide(DOMAIN)
    local from_memory = seconds_of(2000, function() tenant:decide(DOMAIN) end)
    local from_store = seconds_of(200, function()
      registry.decisions:forget("acme", DOMAIN)
      tenant:decide(DOMAIN)
    end)
    assert.is_true(from_memory < 20e-6, from_memory)
    assert.is_true(from_store < 200e-6, from_store)
    registry.db:close()
  end)
end)
