local databases = require "spec.support.databases"
local gate = require "mailseal.onboard.gate"
local gates = require "spec.support.gates"

local DOMAIN, HOUR, DAY = "mail.example.com", 3600, 86400

describe("the health of a domain (requirement 14)", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local registry, tenant

    local function open(policy)
      registry = gates.registry { url = new_database(), health = policy }
      tenant = registry:tenant "acme"
      gates.add(tenant, DOMAIN)
    end

    after_each(function() registry.db:close() end)

    local function report(delivered, bounced, complained)
      return assert(tenant:report(DOMAIN, { delivered = delivered, bounced = bounced, complained = complained }))
    end

    -- Bad enough to be critical, and too long ago to count among what was sent in the last hour.
    local function report_earlier(bounced)
      assert.equal("critical", tenant:report(DOMAIN, { bounced = bounced, at = registry.moment - 2 * HOUR }))
    end

    local function code() return (select(2, tenant:decide(DOMAIN))) end

    -- What was told of its health: "healthy>warning", "throttled".
    local function told()
      local kinds, events = gates.events(tenant, DOMAIN)
      local words = {}
      for i, kind in ipairs(kinds) do
        words[i] = kind == "health" and events[i].data.from .. ">" .. events[i].data.to or kind
      end
      return table.concat(words, " ")
    end

    it("is judged with each report, and each change is told once", function()
      open { at_critical = "none" }
      assert.equal("healthy", report(9600, 400))
      assert.equal("warning", report(100, 300))
      assert.equal("warning", report(100))
      assert.equal("critical", report(0, 0, 40))
      assert.equal("critical", report(0, 0, 1))
      assert.equal("healthy>warning warning>critical", told())
      local health = tenant:health(DOMAIN)
      assert.same({ 9800, 700, 41, "critical" }, { health.delivered, health.bounced, health.complained, health.state })
      assert.equal(700 / 10500, health.bounce_rate)
      assert.equal(41 / 9800, health.complaint_rate)
      assert.equal("verified", code())
    end)

    it("has the rates in its events", function()
      open { at_critical = "none" }
      report(900, 100)
      local _, events = gates.events(tenant, DOMAIN)
      assert.same({
        from = "healthy", to = "critical", delivered = 900, bounced = 100, complained = 0, bounce_rate = 0.1, complaint_rate = 0,
      }, events[1].data)
    end)

    it("is of the last seven days, hour by hour, and recovers as the bad ones leave the window", function()
      open { at_critical = "suspend" }
      report(900, 100)
      assert.equal("suspended", code())
      tenant:hold(DOMAIN, { "a", "b" })
      registry.moment = registry.moment + 7 * DAY - HOUR
      gate.work(registry)
      assert.equal("suspended", code())
      assert.same({}, tenant:released())
      registry.moment = registry.moment + HOUR
      assert.equal(1, gate.work(registry))
      assert.equal("verified", code())
      assert.equal(2, #tenant:released())
      assert.equal("healthy>critical suspended critical>healthy unrestricted mail_released", told())
      assert.equal(0, gate.work(registry))
    end)

    it("is looked at each hour while it is not good, though nothing is reported", function()
      open { at_critical = "none" }
      report(940, 60)
      assert.equal(0, gate.work(registry))
      local looks = 0
      for _ = 1, 7 * 24 do
        registry.moment = registry.moment + HOUR
        looks = looks + gate.work(registry)
      end
      assert.equal(7 * 24, looks)
      assert.equal("healthy", tenant:health(DOMAIN).state)
      registry.moment = registry.moment + DAY
      assert.equal(0, gate.work(registry))
    end)

    it("does not waver: it gets better under 80 % of a threshold only", function()
      open { at_critical = "suspend" }
      report(9000, 1000)
      assert.equal("critical", report(1000))
      assert.equal("critical", report(1400))
      assert.equal("warning", report(1200))
      assert.equal("healthy>critical suspended critical>warning unrestricted", told())
    end)

    it("lets held mail go when good reports lift what restricted it", function()
      open { at_critical = "suspend" }
      report(900, 100)
      tenant:hold(DOMAIN, "a")
      assert.equal("healthy", report(10000))
      assert.equal(1, gate.work(registry))
      assert.equal("a", tenant:released()[1].mail)
    end)

    it("throttles a critical domain to so many an hour, held mail among them", function()
      open { at_critical = "throttle", throttled = 10 }
      tenant:disable(DOMAIN)
      local mails = {}
      for i = 1, 25 do mails[i] = "m" .. i end
      tenant:hold(DOMAIN, mails)
      report_earlier(1000)
      assert.is_true(tenant:enable(DOMAIN))
      assert.equal(10, #tenant:released())
      assert.equal("verified", code())
      report(10)
      assert.equal("throttled", code())
      assert.equal(0, gate.work(registry))
      local before = 10
      for _ = 1, 8 * 12 do
        registry.moment = registry.moment + HOUR / 12
        gate.work(registry)
        local now = #tenant:released()
        assert.is_true(now - before <= 10)
        before = now
      end
      assert.equal(25, before)
      for i, row in ipairs(tenant:released()) do assert.equal("m" .. i, row.mail) end
      assert.equal("verified", code())
    end)

    it("throttles to about so many in any hour, and never to twice as many", function()
      open { at_critical = "throttle", throttled = 60 }
      tenant:disable(DOMAIN)
      local mails = {}
      for i = 1, 600 do mails[i] = "m" .. i end
      tenant:hold(DOMAIN, mails)
      report_earlier(100000)
      tenant:enable(DOMAIN)
      for _ = 1, 5 * 12 do
        registry.moment = registry.moment + HOUR / 12
        gate.work(registry)
      end
      local list = tenant:released()
      assert.is_true(#list >= 200, #list)
      for i = 1, #list do
        local count = 0
        for j = i, #list do
          if list[j].released_at < list[i].released_at + HOUR then count = count + 1 end
        end
        assert.is_true(count < 2 * 60, count)
      end
    end)

    it("is forgotten where whoever runs the service says so", function()
      open { at_critical = "suspend" }
      report(900, 100)
      tenant:hold(DOMAIN, "a")
      assert.is_true(tenant:reset_health(DOMAIN))
      assert.equal("verified", code())
      gate.work(registry)
      assert.equal("a", tenant:released()[1].mail)
      assert.equal("healthy>critical suspended health_reset critical>healthy unrestricted mail_released", told())
      assert.equal(0, tenant:health(DOMAIN).bounced)
    end)

    it("counts what happened earlier in its own hour, and not what is too old or is yet to come", function()
      open()
      local now = registry.moment
      assert(tenant:report(DOMAIN, { delivered = 5, at = now - 2 * HOUR }))
      assert(tenant:report(DOMAIN, { delivered = 7 }))
      assert(tenant:report(DOMAIN, { bounced = 1000, at = now - 8 * DAY }))
      local health = tenant:health(DOMAIN)
      assert.same({ 12, 0, 7 }, { health.delivered, health.bounced, health.last_hour })
      assert.equal("in_the_future", select(3, tenant:report(DOMAIN, { delivered = 1, at = now + 301 })))
    end)

    it("takes what a clock that is a little ahead has reported for present", function()
      open()
      registry.moment = registry.moment + HOUR - 10
      assert(tenant:report(DOMAIN, { delivered = 5, at = registry.moment + 300 }))
      local buckets = registry.db:read(function(tx) return tx:rows "SELECT bucket FROM health" end)
      assert.same({ { bucket = registry.moment - HOUR + 10 } }, buckets)
    end)

    it("is the same in whatever order reports come, and adds up those that come twice", function()
      open { at_critical = "none" }
      local now, list = registry.moment, {}
      for hour = 0, 167 do list[#list + 1] = { delivered = hour + 1, bounced = hour % 3, at = now - hour * HOUR } end
      math.randomseed(14)
      for i = #list, 2, -1 do
        local j = math.random(i)
        list[i], list[j] = list[j], list[i]
      end
      for _, numbers in ipairs(list) do assert(tenant:report(DOMAIN, numbers)) end
      local health = tenant:health(DOMAIN)
      assert.same({ 168 * 169 / 2, 168 }, { health.delivered, health.bounced })
      for _, numbers in ipairs(list) do assert(tenant:report(DOMAIN, numbers)) end
      assert.equal(168 * 169, tenant:health(DOMAIN).delivered)
    end)

    it("counts what is huge exactly", function()
      open { at_critical = "none" }
      for _ = 1, 5 do report(1e9, 1e9, 1e9) end
      local health = tenant:health(DOMAIN)
      assert.same({ 5e9, 5e9, 5e9, 0.5, 1 }, {
        health.delivered, health.bounced, health.complained, health.bounce_rate, health.complaint_rate,
      })
      assert.is_false(pcall(tenant.report, tenant, DOMAIN, { delivered = 1e9 + 1 }))
    end)

    it("is not better because a clock was set back", function()
      open { at_critical = "suspend" }
      report(900, 100)
      registry.moment = registry.moment - 3 * DAY
      assert.equal("critical", report(100))
      gate.work(registry)
      assert.equal("suspended", code())
      assert.equal(1000, tenant:health(DOMAIN).delivered)
    end)

    it("counts what bounced among what a throttled domain has sent", function()
      open { at_critical = "throttle", throttled = 100 }
      report_earlier(1000)
      assert.equal("verified", code())
      report(1, 98)
      assert.equal("verified", code())
      report(0, 1)
      assert.equal("throttled", code())
      assert.equal(100, tenant:health(DOMAIN).last_hour)
      registry.moment = registry.moment + HOUR + 600
      assert.equal("verified", code())
    end)

    it("is nothing that a domain's owner can enable away, or remove with the domain", function()
      open { at_critical = "suspend" }
      report(900, 100)
      tenant:disable(DOMAIN)
      assert.is_true(tenant:enable(DOMAIN))
      assert.equal("suspended", code())
      assert(tenant:remove(DOMAIN))
      gates.add(tenant, DOMAIN, { status = "pending" })
      assert.equal(100, tenant:health(DOMAIN).bounced)
      gates.set(tenant, DOMAIN, { status = "verified" })
      assert.equal("suspended", code())
      assert.equal("healthy>critical suspended disabled enabled removed healthy>critical suspended", told())
      gates.add(registry:tenant "other", DOMAIN)
      assert.equal("verified", (select(2, registry:tenant("other"):decide(DOMAIN))))
      registry.moment = registry.moment + 7 * DAY
      gate.work(registry)
      assert.equal("verified", code())
    end)

    it("is told hour by hour, or in longer spans, of several domains at once", function()
      open()
      gates.add(tenant, "other.example.com")
      registry.moment = math.floor(registry.moment / HOUR) * HOUR + 1800
      report(90, 10, 1)
      assert(tenant:report(DOMAIN, { delivered = 7, at = registry.moment - HOUR }))
      assert(tenant:report(DOMAIN, { delivered = 5, at = registry.moment - 3 * DAY }))
      local series = assert(tenant:health_series({ DOMAIN, "other.example.com", "nobody.example.com" }))
      assert.same({ 168, HOUR, registry.moment + 1800 - 168 * HOUR }, { series.count, series.step, series.from })
      assert.is_nil(series.of["other.example.com"])
      assert.is_nil(series.of["nobody.example.com"])
      local hours = series.of[DOMAIN]
      assert.equal(168, #hours)
      assert.same({ delivered = 90, bounced = 10, complained = 1 }, hours[168])
      assert.same({ delivered = 7, bounced = 0, complained = 0 }, hours[167])
      assert.same({ delivered = 5, bounced = 0, complained = 0 }, hours[168 - 72])
      assert.same({ delivered = 0, bounced = 0, complained = 0 }, hours[1])
      local spans = assert(tenant:health_series({ DOMAIN }, { step = 6 * HOUR }))
      assert.equal(28, #spans.of[DOMAIN])
      assert.same({ delivered = 97, bounced = 10, complained = 1 }, spans.of[DOMAIN][28])
      assert.equal(0.1, spans.policy.bounce_critical)
      assert.is_nil(assert(registry:tenant("stranger"):health_series({ DOMAIN })).of[DOMAIN])
      assert.error_matches(function() tenant:health_series({ DOMAIN }, { step = 1800 }) end, "step must be whole hours in seconds")
    end)

    it("forgets the hours that are out of the window", function()
      open()
      for _ = 1, 30 do
        report(1)
        registry.moment = registry.moment + 12 * HOUR
      end
      report(1)
      local rows = registry.db:read(function(tx) return tx:row "SELECT COUNT(*) AS n FROM health" end)
      assert.equal(14, rows.n)
      assert.equal(14, tenant:health(DOMAIN).delivered)
    end)
  end)

  it("is reported in whole numbers of what there is", function()
    local registry = gates.registry()
    local tenant = registry:tenant "acme"
    gates.add(tenant, DOMAIN)
    for _, numbers in ipairs { { delivered = -1 }, { bounced = 1.5 }, { complained = "1" }, { sent = 1 }, { delivered = 0 / 0 } } do
      assert.is_false(pcall(tenant.report, tenant, DOMAIN, numbers))
    end
    assert.equal(0, tenant:health(DOMAIN).delivered)
    registry.db:close()
  end)
end)
