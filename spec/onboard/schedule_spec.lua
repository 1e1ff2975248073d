local schedule = require "mailseal.onboard.schedule"

local NOW, HOUR, DAY = 1800000000, 3600, 86400
local policy = schedule.POLICY

describe("onboard.schedule", function()
  describe("of a domain whose records are awaited", function()
    local function steps(retry_after, window)
      local moment, list = NOW, {}
      for attempts = 0, 9 do
        local next_one = schedule.pending(attempts, moment, retry_after and moment + retry_after, NOW + (window or 3 * DAY), policy)
        list[#list + 1], moment = next_one - moment, next_one
      end
      return list
    end

    it("looks soon at first, then more and more seldom", function()
      assert.same({ 30, 60, 120, 300, 600, 1200, 1800, 3600, 3600, 3600 }, steps())
    end)

    it("does not look before a cached negative answer can have expired", function()
      assert.same({ 900, 900, 900, 900, 900, 1200, 1800, 3600, 3600, 3600 }, steps(900))
      assert.same({ 10800, 10800, 10800 }, { (table.unpack or unpack)(steps(10800), 1, 3) }) -- luacheck: ignore
    end)

    it("looks at the moment when the time is over, not an hour later", function()
      assert.equal(NOW + 1000, schedule.pending(20, NOW, nil, NOW + 1000, policy))
    end)

    it("waits for the cached answer even then", function()
      assert.equal(NOW + 1500, schedule.pending(20, NOW, NOW + 1500, NOW + 1000, policy))
    end)

    it("goes on hourly behind the end, which only a definitive answer can make", function()
      assert.equal(NOW + HOUR, schedule.pending(90, NOW, nil, NOW - 10, policy))
    end)
  end)

  describe("of a verified domain", function()
    it("looks daily, a tenth sooner or later", function()
      for i = 1, 1000 do
        local span = schedule.routine("d" .. i .. ".example", NOW, policy) - NOW
        assert.is_true(span >= 0.9 * DAY and span <= 1.1 * DAY, span)
      end
    end)

    it("has the same day for a domain each time", function()
      local one = schedule.routine("example.com", NOW, policy) - NOW
      assert.equal(one, schedule.routine("example.com", NOW + 12345, policy) - NOW - 12345)
    end)

    it("spreads domains over all of that, be their names ever so much alike", function()
      local hours = {}
      for i = 1, 10000 do
        local span = schedule.routine(("d%06d.customers.test"):format(i), NOW, policy) - NOW
        local hour = math.floor((span - 0.9 * DAY) / (0.2 * DAY) * 10)
        hours[hour] = (hours[hour] or 0) + 1
      end
      for hour = 0, 9 do
        assert.is_true(hours[hour] > 800 and hours[hour] < 1200, hour .. ": " .. tostring(hours[hour]))
      end
    end)

    it("looks hourly where something is missing, but not before the answer can have expired", function()
      assert.equal(NOW + HOUR, schedule.negative(NOW, nil, policy))
      assert.equal(NOW + HOUR, schedule.negative(NOW, NOW + 60, policy))
      assert.equal(NOW + 3 * HOUR, schedule.negative(NOW, NOW + 3 * HOUR, policy))
    end)

    it("looks again after an hour, two, four … where DNS does not say, daily at the least", function()
      local list = {}
      for attempts = 1, 7 do
        list[attempts] = (schedule.fault(attempts, NOW, NOW + 60, policy) - NOW) / HOUR
      end
      assert.same({ 1, 2, 4, 8, 16, 24, 24 }, list)
      assert.equal(NOW + DAY, schedule.fault(100000, NOW, nil, policy))
    end)

    it("believes negatives when there are enough of them, and hours apart", function()
      assert.is_false(schedule.is_lost(3, NOW - DAY, NOW, policy))
      assert.is_false(schedule.is_lost(100, NOW - 6 * HOUR + 1, NOW, policy))
      assert.is_true(schedule.is_lost(4, NOW - 6 * HOUR, NOW, policy))
    end)
  end)
end)
