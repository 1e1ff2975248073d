local flow = require "mailseal.onboard.flow"
local schedule = require "mailseal.onboard.schedule"

local NOW, HOUR, DAY = 1800000000, 3600, 86400

local function options(more)
  local all = { policy = schedule.POLICY }
  for name, value in pairs(more or {}) do all[name] = value end
  return all
end

-- A domain after so many things have happened to it, each so long after the one before.
local function after(domain, ...)
  local change, step
  for _, happening in ipairs { ... } do
    local seen, moment = happening[1], happening[2]
    change, step = flow.step(domain, seen, moment, options(happening[3]))
    if not change then return nil, step end
    change.domain = domain.domain
    domain = change
  end
  return domain, step
end

local function new(more)
  local domain = flow.begin(NOW, options(more))
  domain.domain = "example.com"
  return domain
end

local function verified()
  return (after(new(), { "found", NOW + 30 }))
end

describe("onboard.flow", function()
  it("knows what each thing that can happen makes of each state", function()
    for _, status in ipairs { "pending", "verified", "failed" } do
      for _, seen in ipairs { "found", "incomplete", "differing", "unsure", "restart", "taken_over" } do
        local step = flow.TABLE[status][seen]
        assert.is_table(step, status .. " " .. seen)
        assert.is_true(flow.TABLE[step.to] ~= nil or step.refused ~= nil)
      end
    end
  end)

  it("begins by awaiting the records, for three days or as long as the provider says", function()
    local domain = new()
    assert.equal("pending", domain.status)
    assert.equal(NOW + 3 * DAY, domain.window_ends)
    assert.equal(NOW + 30, domain.next_check_at)
    assert.equal(0, domain.lane)
    assert.equal(NOW + DAY, new({ window = DAY }).window_ends)
  end)

  it("is verified when all is found", function()
    local domain, step = after(new(), { "incomplete", NOW + 30 }, { "found", NOW + 90 })
    assert.equal("verified", domain.status)
    assert.equal(NOW + 90, domain.status_since)
    assert.equal("verified", step.event)
    assert.is_nil(domain.window_ends)
    assert.equal(1, domain.lane)
    assert.is_true(domain.next_check_at > NOW + DAY / 2)
  end)

  it("goes on awaiting what is not there, without a word", function()
    local domain, step = after(new(), { "incomplete", NOW + 30 })
    assert.equal("pending", domain.status)
    assert.is_nil(step.event)
    assert.equal(NOW + 90, domain.next_check_at)
  end)

  it("does not look more seldom because somebody looks himself", function()
    local domain = after(new(), { "incomplete", NOW + 30 })
    for i = 1, 20 do
      domain = after(domain, { "incomplete", NOW + 30 + i, { by_hand = true } })
    end
    assert.equal(1, domain.attempts)
    assert.equal(NOW + 50 + 60, domain.next_check_at)
  end)

  it("fails when the time is over and DNS says that something is not there", function()
    local domain, step = after(new(), { "incomplete", NOW + 3 * DAY })
    assert.equal("failed", domain.status)
    assert.equal("window_over", domain.reason)
    assert.equal("failed", step.event)
    assert.equal("ended", step.claim)
    assert.is_nil(domain.next_check_at)
    assert.is_nil(domain.lane)
  end)

  it("does not fail for the time being over where DNS does not say", function()
    local domain, step = after(new(), { "unsure", NOW + 3 * DAY }, { "unsure", NOW + 6 * DAY - 1 })
    assert.equal("pending", domain.status)
    assert.is_nil(step.event)
    assert.equal("verified", after(domain, { "found", NOW + 10 * DAY }).status)
    assert.equal("window_over", after(domain, { "incomplete", NOW + 6 * DAY }).reason)
  end)

  it("fails when twice the time is over and DNS has not said, for a reason of its own", function()
    local domain, step = after(new(), { "incomplete", NOW + DAY }, { "unsure", NOW + 6 * DAY })
    assert.equal("failed", domain.status)
    assert.equal("no_answer", domain.reason)
    assert.equal("failed", step.event)
    assert.equal("ended", step.claim)
    assert.is_nil(domain.next_check_at)
    assert.equal("no_answer", after(new { window = DAY }, { "unsure", NOW + 2 * DAY, { window = DAY } }).reason)
    assert.equal("pending", after(domain, { "restart", NOW + 8 * DAY }).status)
  end)

  it("fails when the time is over and the name servers do not agree, for a reason of its own", function()
    local domain, step = after(new(), { "differing", NOW + 3 * DAY - 1 })
    assert.equal("pending", domain.status)
    assert.is_nil(step.event)
    domain, step = after(domain, { "differing", NOW + 3 * DAY })
    assert.equal("failed", domain.status)
    assert.equal("servers_differ", domain.reason)
    assert.equal("failed", step.event)
    assert.equal("ended", step.claim)
  end)

  it("looks at the very end of each of those times, and never after the last", function()
    local domain, ends = new(), {}
    while domain.next_check_at do
      ends[domain.next_check_at] = true
      domain = after(domain, { "unsure", domain.next_check_at })
    end
    assert.is_true(ends[NOW + 3 * DAY] and ends[NOW + 6 * DAY])
    assert.equal(NOW + 6 * DAY, domain.status_since)
  end)

  it("can be started again after it has failed, with a claim to be proven anew", function()
    local domain, step = after(new(), { "incomplete", NOW + 3 * DAY }, { "restart", NOW + 8 * DAY })
    assert.equal("pending", domain.status)
    assert.equal("restarted", domain.reason)
    assert.equal("fresh", step.claim)
    assert.equal("restarted", step.event)
    assert.equal(NOW + 11 * DAY, domain.window_ends)
    assert.equal(NOW + 8 * DAY + 30, domain.next_check_at)
    assert.equal("verified", after(domain, { "found", NOW + 9 * DAY }).status)
  end)

  it("has its whole time again when it is started again while it is awaited, and its claim still", function()
    local domain, step = after(new(), { "incomplete", NOW + DAY }, { "restart", NOW + 2 * DAY })
    assert.equal(NOW + 5 * DAY, domain.window_ends)
    assert.is_nil(step.claim)
  end)

  it("is not looked at more seldom by the worker, once verified, because somebody looks himself while DNS is out of order", function()
    local domain = after(verified(), { "unsure", NOW + DAY })
    for i = 1, 20 do
      domain = after(domain, { "unsure", NOW + DAY + i, { by_hand = true } })
    end
    assert.equal(1, domain.attempts)
    assert.equal(NOW + DAY + 20 + HOUR, domain.next_check_at)
    assert.equal(NOW + DAY + HOUR, after(verified(), { "unsure", NOW + DAY, { by_hand = true } }).next_check_at)
  end)

  it("is looked at no more once it has failed, and cannot be started again while it is verified", function()
    local failed = after(new(), { "incomplete", NOW + 3 * DAY })
    for _, seen in ipairs { "found", "incomplete", "differing", "unsure", "taken_over" } do
      local change, message, code = flow.step(failed, seen, NOW + 4 * DAY, options())
      assert.is_nil(change)
      assert.is_string(message)
      assert.equal("failed", code)
    end
    local _, _, code = flow.step(verified(), "restart", NOW + DAY, options())
    assert.equal("already_verified", code)
  end)

  it("leaves a verified domain verified whatever faults DNS has, for ever", function()
    local domain = verified()
    for day = 1, 100 do
      domain = after(domain, { day % 2 == 0 and "unsure" or "differing", NOW + day * DAY })
      assert.equal("verified", domain.status)
      assert.equal(0, domain.negatives)
    end
  end)

  it("leaves a verified domain verified over a few negatives, and over many in a short time", function()
    local domain = after(verified(), { "incomplete", NOW + DAY }, { "incomplete", NOW + 2 * DAY }, { "incomplete", NOW + 3 * DAY })
    assert.equal("verified", domain.status)
    domain = verified()
    for minute = 1, 60 do
      domain = after(domain, { "incomplete", NOW + DAY + minute * 60 })
    end
    assert.equal("verified", domain.status)
    assert.equal(60, domain.negatives)
    assert.equal(NOW + DAY + 60, domain.negative_since)
  end)

  it("awaits the records again after enough negatives over hours, and has its whole time for it", function()
    local moment = NOW + DAY
    local domain, looks = verified(), 0
    local step
    repeat
      domain, step = after(domain, { "incomplete", moment })
      looks, moment = looks + 1, domain.next_check_at
    until domain.status ~= "verified"
    assert.equal(7, looks)
    assert.equal("pending", domain.status)
    assert.equal("lost", domain.reason)
    assert.equal("lost", step.event)
    assert.is_nil(step.claim)
    assert.equal(NOW + DAY + 6 * HOUR, domain.status_since)
    assert.equal(NOW + DAY + 6 * HOUR + 3 * DAY, domain.window_ends)
    assert.equal(0, domain.negatives)
    assert.is_nil(domain.negative_since)
    local again = after(domain, { "found", domain.next_check_at })
    assert.equal("verified", again.status)
    assert.is_nil(again.reason)
  end)

  it("begins to count anew when all was there in between", function()
    local domain = after(verified(), { "incomplete", NOW + DAY }, { "incomplete", NOW + DAY + HOUR },
      { "incomplete", NOW + DAY + 2 * HOUR }, { "found", NOW + DAY + 3 * HOUR }, { "incomplete", NOW + DAY + 10 * HOUR })
    assert.equal("verified", domain.status)
    assert.equal(1, domain.negatives)
    assert.equal(NOW + DAY + 10 * HOUR, domain.negative_since)
  end)

  it("takes a fault between two negatives for neither", function()
    local domain = after(verified(), { "incomplete", NOW + DAY }, { "unsure", NOW + DAY + HOUR })
    assert.equal(1, domain.negatives)
    assert.equal(NOW + DAY, domain.negative_since)
    assert.equal(NOW + DAY + 2 * HOUR, domain.next_check_at)
  end)

  it("fails where another tenant proves that the domain is his, whether it was verified or not", function()
    for _, domain in ipairs { new(), verified() } do
      local taken, step = after(domain, { "taken_over", NOW + DAY })
      assert.equal("failed", taken.status)
      assert.equal("taken_over", taken.reason)
      assert.equal("taken_over", step.event)
      assert.equal("ended", step.claim)
    end
  end)
end)
