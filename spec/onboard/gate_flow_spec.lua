-- The gate of a domain whose records come and go in DNS: the flow opens and closes it, and the worker lets go what was held.
local databases = require "spec.support.databases"
local onboarding = require "spec.support.onboarding"

local HOUR, DAY, DOMAIN = 3600, 86400, "example.com"

databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
  describe("a domain's gate", function()
    local stage, tenant, records

    before_each(function()
      stage = onboarding.open { db = new_database(), policy = { health = { at_critical = "suspend" } } }
      tenant = stage.tenant
      records = assert(tenant:create { domain = DOMAIN, provider = "test-cname" }).records
    end)
    after_each(function() stage:close() end)

    local function code() return (select(2, tenant:decide(DOMAIN))) end

    local function released()
      local mails = {}
      for i, row in ipairs(assert(tenant:released())) do mails[i] = row.mail end
      return table.concat(mails, " ")
    end

    it("is shut until the domain is verified (requirements 9, 11)", function()
      assert.equal("not_verified", code())
      tenant:hold(DOMAIN, "early")
      stage:pass(HOUR)
      assert.same({ "not_verified", "" }, { code(), released() })
      stage:publish(records)
      stage:pass(HOUR)
      assert.same({ "verified", "early" }, { code(), released() })
    end)

    it("opens with tenant:verify as well, and the worker lets go what was held", function()
      tenant:hold(DOMAIN, { "a", "b" })
      stage:publish(records)
      assert.equal("verified", tenant:verify(DOMAIN).status)
      assert.equal("verified", code())
      assert(stage.registry:work { until_idle = true })
      assert.equal("a b", released())
    end)

    it("shuts when the domain is lost, and what is held meanwhile goes when it is verified again (requirement 15)", function()
      stage:publish(records)
      stage:pass(HOUR)
      local dkim = stage.records["s1._domainkey.example.com"]
      stage:replace("s1._domainkey.example.com", nil)
      stage:pass(2 * DAY)
      assert.equal("not_verified", code())
      assert.equal(2, tenant:hold(DOMAIN, { "a", "b" }))
      tenant:hold(DOMAIN, "c")
      assert.equal("", released())
      stage:replace("s1._domainkey.example.com", dkim)
      stage:pass(2 * HOUR)
      assert.same({ "verified", "a b c" }, { code(), released() })
      stage:pass(DAY)
      assert.equal("a b c", released())
    end)

    -- What the last event of a kind says.
    local function last_event(kind)
      local data
      for _, event in ipairs(assert(tenant:events { domain = DOMAIN, limit = 1000 })) do
        if event.kind == kind then data = event.data end
      end
      return data
    end

    it("tells how much is held when the domain is lost, and when it has failed; the mail waits until it was started again", function()
      stage:publish(records)
      stage:pass(HOUR)
      tenant:disable(DOMAIN)
      tenant:hold(DOMAIN, { "a", "b" })
      stage:replace("s1._domainkey.example.com", nil)
      stage:pass(2 * DAY)
      assert.same({ from = "verified", to = "pending", reason = "lost", held = 2 }, last_event "lost")
      tenant:enable(DOMAIN)
      tenant:hold(DOMAIN, "c")
      stage:pass(5 * DAY)
      assert.equal("failed", code())
      assert.equal(3, last_event("failed").held)
      tenant:hold(DOMAIN, "d")
      assert.same({ 4, "" }, { #tenant:held(DOMAIN), released() })
      stage:publish(assert(tenant:restart(DOMAIN)).records)
      stage:pass(2 * HOUR)
      assert.same({ "verified", "a b c d" }, { code(), released() })
    end)

    it("keeps the mail of a domain that another tenant has taken over, until it is called off", function()
      stage:publish(records)
      stage:pass(HOUR)
      tenant:disable(DOMAIN)
      tenant:hold(DOMAIN, { "a", "b" })
      local other = stage.registry:tenant "other"
      stage.now = stage.now + HOUR
      stage:publish(assert(other:create { domain = DOMAIN, provider = "test-cname" }).records)
      assert.equal("verified", assert(other:verify(DOMAIN)).status)
      assert.same({ "taken_over", 2 }, { code(), last_event("taken_over").held })
      tenant:enable(DOMAIN)
      stage:pass(DAY)
      assert.same({ 2, "" }, { #tenant:held(DOMAIN), released() })
      assert.same({}, other:held(DOMAIN))
      assert.equal("in_use", select(3, tenant:remove(DOMAIN)))
      assert.equal(2, tenant:unhold(DOMAIN, { "a", "b" }))
      assert.is_table(tenant:remove(DOMAIN))
      assert.equal("send", other:decide(DOMAIN))
    end)

    it("opens by itself when the bad hours are out of the window (requirement 14)", function()
      stage:publish(records)
      stage:pass(HOUR)
      assert.equal("critical", tenant:report(DOMAIN, { delivered = 900, bounced = 100 }))
      assert.equal("suspended", code())
      assert.equal("critical", tenant:get(DOMAIN).health)
      tenant:hold(DOMAIN, "a")
      for _ = 1, 7 * 24 - 2 do
        stage.now = stage.now + HOUR
        assert(stage.registry:work { until_idle = true })
      end
      assert.same({ "suspended", "" }, { code(), released() })
      stage.now = stage.now + 2 * HOUR
      assert(stage.registry:work { until_idle = true })
      assert.same({ "verified", "a" }, { code(), released() })
    end)

    it("is gone with the domain, whose records are told to be cleaned up (requirement 16)", function()
      stage:publish(records)
      stage:pass(HOUR)
      tenant:use(DOMAIN, "newsletter")
      local _, message, refusal = tenant:remove(DOMAIN)
      assert.equal("in_use", refusal)
      assert.matches('"newsletter"', message, 1, true)
      tenant:release(DOMAIN, "newsletter")
      local actions = {}
      for i, record in ipairs(assert(tenant:remove(DOMAIN)).clean_up) do actions[i] = record.id .. " " .. record.action end
      assert.same({ "ownership delete", "dkim delete", "bounce delete", "dmarc keep" }, actions)
      assert.equal("not_found", code())
      assert.same({}, tenant:list())
    end)
  end)
end)
