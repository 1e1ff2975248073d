local rules = require "mailseal.onboard.health_rules"

local HOUR, DAY = 3600, 24 * 3600

describe("onboard.health_rules", function()
  local policy = rules.policy()

  local function counts(delivered, bounced, complained)
    return { delivered = delivered, bounced = bounced, complained = complained }
  end

  local function state_of(before, delivered, bounced, complained)
    return rules.state(rules.rates(counts(delivered, bounced, complained), policy), before, policy)
  end

  describe("rates", function()
    it("takes bounces of all that was sent, and complaints of what was delivered", function()
      assert.same({ bounce = 0.25, complaint = 0.02 }, rules.rates(counts(3000, 1000, 60), policy))
    end)

    it("takes them of so many messages at least", function()
      assert.same({ bounce = 1 / 200, complaint = 1 / 2000 }, rules.rates(counts(1, 1, 1), policy))
      assert.same({ bounce = 20 / 200, complaint = 0 }, rules.rates(counts(0, 20, 0), policy))
    end)

    it("are none where nothing was sent", function()
      assert.same({ bounce = 0, complaint = 0 }, rules.rates(counts(0, 0, 0), policy))
    end)
  end)

  describe("the state of a healthy domain (requirement 14)", function()
    local cases = {
      { "healthy", 9501, 499, 0 }, { "warning", 9500, 500, 0 }, { "warning", 9001, 999, 0 }, { "critical", 9000, 1000, 0 },
      { "healthy", 10000, 0, 9 }, { "warning", 10000, 0, 10 }, { "warning", 10000, 0, 29 }, { "critical", 10000, 0, 30 },
      { "critical", 9000, 1000, 9 }, { "critical", 10000, 0, 30 }, { "warning", 9500, 500, 9 },
    }
    for _, case in ipairs(cases) do
      local expected, delivered, bounced, complained = case[1], case[2], case[3], case[4]
      it(("is %s with %d delivered, %d bounced, %d complaints"):format(expected, delivered, bounced, complained), function()
        assert.equal(expected, state_of("healthy", delivered, bounced, complained))
      end)
    end

    it("does not come of a handful of messages", function()
      assert.equal("healthy", state_of("healthy", 1, 9, 1))
      assert.equal("warning", state_of("healthy", 0, 10, 0))
      assert.equal("critical", state_of("healthy", 0, 20, 0))
      assert.equal("warning", state_of("healthy", 50, 0, 2))
    end)
  end)

  describe("hysteresis", function()
    it("keeps a state until both rates are under 80 % of its thresholds", function()
      assert.equal("critical", state_of("critical", 9199, 801, 0))
      assert.equal("warning", state_of("critical", 9201, 799, 0))
      assert.equal("critical", state_of("critical", 10000, 0, 25))
      assert.equal("warning", state_of("critical", 10000, 0, 23))
      assert.equal("warning", state_of("warning", 9599, 401, 0))
      assert.equal("healthy", state_of("warning", 9601, 399, 0))
      assert.equal("warning", state_of("warning", 9601, 399, 8))
    end)

    it("goes from critical to healthy at once where all is well", function()
      assert.equal("healthy", state_of("critical", 10000, 0, 0))
      assert.equal("healthy", state_of("critical", 0, 0, 0))
    end)

    it("does not let a rate that wavers about a threshold change the state", function()
      local state, changes = "healthy", 0
      for turn = 1, 1000 do
        local after = state_of(state, 9500, 500 + (turn % 2 == 0 and 20 or -20), 0)
        if after ~= state then changes = changes + 1 end
        state = after
      end
      assert.equal(1, changes)
      assert.equal("warning", state)
    end)

    it("never makes a state better by more bounces or complaints", function()
      local rank = { healthy = 0, warning = 1, critical = 2 }
      for before in pairs(rank) do
        for bounced = 0, 1500, 25 do
          for complained = 0, 40, 4 do
            local here = rank[state_of(before, 10000, bounced, complained)]
            assert.is_true(here <= rank[state_of(before, 10000, bounced + 25, complained)])
            assert.is_true(here <= rank[state_of(before, 10000, bounced, complained + 4)])
          end
        end
      end
    end)
  end)

  describe("hours", function()
    it("begin with each hour of UTC", function()
      assert.equal(7200, rules.bucket(7200))
      assert.equal(7200, rules.bucket(10799))
      assert.equal(10800, rules.bucket(10800))
    end)

    it("make up the window, the present one being the last", function()
      local moment = 1000 * DAY + 1234
      assert.equal(993 * DAY + HOUR, rules.first_bucket(moment, policy))
      assert.equal(168, (rules.bucket(moment) - rules.first_bucket(moment, policy)) / HOUR + 1)
    end)

    it("give of the hour before what lies in the last sixty minutes", function()
      assert.equal(100, rules.last_hour(7200, 0, 100))
      assert.equal(75, rules.last_hour(7200 + 1800, 25, 100))
      assert.equal(25, rules.last_hour(7200, 25, 0))
    end)
  end)

  describe("what a critical domain may send", function()
    it("is as the policy has it", function()
      assert.equal("throttled", rules.restriction("critical", policy))
      assert.equal("suspended", rules.restriction("critical", rules.policy { at_critical = "suspend" }))
      assert.is_nil(rules.restriction("critical", rules.policy { at_critical = "none" }))
    end)

    it("is all that any other may", function()
      local strict = rules.policy { at_critical = "suspend" }
      assert.is_nil(rules.restriction("warning", strict))
      assert.is_nil(rules.restriction("healthy", strict))
    end)
  end)

  describe("the policy", function()
    it("has its defaults where nothing else is said", function()
      assert.same(rules.DEFAULTS, rules.policy {})
      assert.equal(0.02, rules.policy({ bounce_warning = 0.02 }).bounce_warning)
      assert.equal(0.05, rules.DEFAULTS.bounce_warning)
    end)

    local refused = {
      ["a name that is none"] = { { bounces = 1 }, "knows no option" },
      ["a rate above 1"] = { { bounce_warning = 5 }, "a rate" },
      ["a rate of nothing"] = { { complaint_critical = 0 }, "a rate" },
      ["a warning behind what it warns of"] = { { bounce_warning = 0.2 }, "must not be above" },
      ["a window of half an hour"] = { { window = 1800 }, "whole hours" },
      ["a window of an hour and a half"] = { { window = 5400 }, "whole hours" },
      ["another word"] = { { at_critical = "stop" }, "throttle, suspend, none" },
      ["no volume"] = { { bounce_least = 0 }, "whole number" },
    }
    for what, case in pairs(refused) do
      it("refuses " .. what, function()
        local ok, message = pcall(rules.policy, case[1])
        assert.is_false(ok)
        assert.matches(case[2], message, 1, true)
      end)
    end
  end)
end)
