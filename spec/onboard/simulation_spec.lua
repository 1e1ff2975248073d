-- A hundred days of many domains, each with a fate, by a clock that jumps from one look to the next.
local flow = require "mailseal.onboard.flow"
local schedule = require "mailseal.onboard.schedule"

local BEGIN, MINUTE, HOUR, DAY = 1800000000, 60, 3600, 86400
local policy = schedule.POLICY

-- What DNS says of a domain at a time; and how long a negative answer is kept by caches.
local function published_after(span)
  return function(age) return age >= span and "found" or "incomplete" end
end

local function outage(fate, from, to)
  return function(age)
    if age >= from and age < to then return "unsure" end
    return fate(age)
  end
end

local function gone(fate, from, to)
  return function(age)
    if age >= from and age < to then return "incomplete" end
    return fate(age)
  end
end

-- Plays a domain's life. Returns all looks, all events by kind, and the domain as it ends.
local function live(name, fate, days, kept)
  local domain = flow.begin(BEGIN, { policy = policy })
  domain.domain = name
  local looks, events = {}, {}
  while domain.next_check_at and domain.next_check_at < BEGIN + days * DAY do
    local now = domain.next_check_at
    local seen = fate(now - BEGIN)
    local retry_at = seen ~= "found" and now + (kept or 300) or nil
    local change, step = flow.step(domain, seen, now, { policy = policy, retry_at = retry_at })
    looks[#looks + 1] = { at = now, seen = seen, retry_at = retry_at, status = change.status }
    if step.event then
      events[#events + 1] = { kind = step.event, age = now - BEGIN }
    end
    change.domain = name
    domain = change
  end
  return looks, events, domain
end

local function kinds(events)
  local list = {}
  for i, event in ipairs(events) do list[i] = event.kind end
  return list
end

describe("a hundred days of onboarding", function()
  it("never look before what was seen can be seen otherwise", function()
    for _, kept in ipairs { 60, 300, 3600, 10800 } do
      local looks = live("example.com", gone(published_after(2 * DAY), 20 * DAY, 21 * DAY), 100, kept)
      for i = 2, #looks do
        assert.is_true(looks[i].at >= (looks[i - 1].retry_at or 0))
      end
    end
  end)

  it("verify a domain within its customer's patience: soon when it is new, within the hour later", function()
    for _, case in ipairs { { 0, 30 }, { 5 * MINUTE, 5 * MINUTE }, { 2 * HOUR, HOUR }, { 2 * DAY, HOUR } } do
      local _, events = live("example.com", published_after(case[1]), 100, 60)
      assert.same({ "verified" }, kinds(events))
      assert.is_true(events[1].age - case[1] <= case[2], events[1].age)
    end
  end)

  it("look about a hundred times at a domain that is well", function()
    local looks = live("example.com", published_after(0), 100)
    assert.is_true(#looks >= 90 and #looks <= 112, #looks)
  end)

  it("give up on a domain whose records never come, when its time is over, after not many looks", function()
    local looks, events, domain = live("example.com", published_after(1000 * DAY), 100)
    assert.same({ "failed" }, kinds(events))
    assert.equal(3 * DAY, events[1].age)
    assert.is_nil(domain.next_check_at)
    assert.is_true(#looks < 90, #looks)
  end)

  it("flip no verified domain in an outage of days, and ask little meanwhile", function()
    for _, span in ipairs { HOUR, 12 * HOUR, 5 * DAY, 30 * DAY } do
      local looks, events, domain = live("example.com", outage(published_after(0), 10 * DAY, 10 * DAY + span), 100)
      assert.same({ "verified" }, kinds(events))
      assert.equal("verified", domain.status)
      assert.is_true(#looks < 125, #looks)
    end
  end)

  it("let no outage fail a domain that is awaited, for twice its time: it is verified when the outage is over", function()
    local _, events = live("example.com", outage(published_after(HOUR), 10 * MINUTE, 5.9 * DAY), 100)
    assert.same({ "verified" }, kinds(events))
    assert.is_true(events[1].age <= 5.9 * DAY + HOUR)
  end)

  it("give up on a domain whose DNS is dead when that is over", function()
    local looks, events, domain = live("example.com", outage(published_after(HOUR), 10 * MINUTE, 9 * DAY), 100)
    assert.same({ "failed" }, kinds(events))
    assert.equal("no_answer", domain.reason)
    assert.equal(6 * DAY, events[1].age)
    assert.is_true(#looks < 160, #looks)
  end)

  it("keep a domain verified over what is missing for less than six hours", function()
    for _, span in ipairs { MINUTE, HOUR, 5 * HOUR } do
      local _, events = live("example.com", gone(published_after(0), 10 * DAY, 10 * DAY + span), 100)
      assert.same({ "verified" }, kinds(events))
    end
  end)

  it("lose a domain whose record is gone within a day and seven hours, and verify it again when it is back", function()
    local _, events = live("example.com", gone(published_after(0), 10 * DAY, 12 * DAY), 100)
    assert.same({ "verified", "lost", "verified" }, kinds(events))
    assert.is_true(events[2].age > 10 * DAY + 6 * HOUR and events[2].age < 11.1 * DAY + 8 * HOUR, events[2].age)
    assert.is_true(events[3].age - 12 * DAY <= HOUR)
  end)

  it("fail a domain whose record stays gone three days after it was lost", function()
    local _, events = live("example.com", gone(published_after(0), 10 * DAY, 1000 * DAY), 100)
    assert.same({ "verified", "lost", "failed" }, kinds(events))
    assert.equal(3 * DAY, events[3].age - events[2].age)
  end)

  it("do not take an outage in the midst of negatives for more of them", function()
    local fate = outage(gone(published_after(0), 10 * DAY, 11 * DAY + HOUR), 11 * DAY, 16 * DAY)
    local looks, events, domain = live("example.com", fate, 100)
    assert.same({ "verified" }, kinds(events))
    assert.equal("verified", domain.status)
    for _, look in ipairs(looks) do
      assert.is_true(look.seen ~= "unsure" or look.status ~= "failed")
    end
  end)

  it("spread a thousand domains that were verified in one minute over the day", function()
    local busiest, hours = 0, {}
    for i = 1, 1000 do
      local looks = live(("d%06d.customers.test"):format(i), published_after(0), 30)
      for _, look in ipairs(looks) do
        local hour = math.floor((look.at - BEGIN) / HOUR)
        if hour >= 28 * 24 then hours[hour] = (hours[hour] or 0) + 1 end
      end
    end
    for _, count in pairs(hours) do busiest = math.max(busiest, count) end
    assert.is_true(busiest < 120, busiest) -- 1000 a day are 42 an hour
  end)

  it("are over in a second", function()
    local begun = os.clock()
    local looks = 0
    for i = 1, 20 do
      looks = looks + #live(("d%06d.customers.test"):format(i), gone(published_after(i * HOUR), (30 + i) * DAY, (40 + i) * DAY), 100)
    end
    assert.is_true(looks > 2000)
    assert.is_true(os.clock() - begun < 1)
  end)
end)
