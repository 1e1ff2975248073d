local rules = require "mailseal.onboard.webhook_rules"

local NOW, HOUR, DAY = 1800000000, 3600, 86400
local policy = rules.policy()

describe("what becomes of a delivery", function()
  it("is told by the answer's status", function()
    for _, status in ipairs { 200, 201, 202, 204, 299 } do assert.equal("delivered", rules.verdict(status)) end
    for _, status in ipairs { 301, 302, 400, 401, 404, 409, 429, 500, 503 } do assert.equal("failed", rules.verdict(status)) end
    assert.equal("failed", rules.verdict(nil))
    assert.equal("gone", rules.verdict(410))
    assert.equal("http_503", rules.problem(503))
    assert.equal("timeout", rules.problem(nil, "timeout"))
  end)

  it("is to be tried again after a time that grows, up to some hours, for two days", function()
    local waits = {}
    for attempts = 1, 10 do waits[attempts] = rules.again_at(attempts, NOW, nil, 0.5, policy) - NOW end
    assert.same({ 10, 30, 90, 270, 810, 2430, 7290, 21600, 21600, 21600 }, waits)
    assert.equal(NOW + 21600, rules.again_at(1000000, NOW, nil, 0.5, policy))
    local moment, attempts = NOW, 0
    while not rules.is_dead(NOW, moment, policy) do
      attempts = attempts + 1
      moment = rules.again_at(attempts, moment, nil, 0.5, policy)
    end
    assert.is_true(attempts >= 12 and attempts <= 20)
    assert.is_true(moment - NOW >= 2 * DAY and moment - NOW <= 2 * DAY + 6 * HOUR)
  end)

  it("is by chance a fifth sooner or later", function()
    assert.equal(NOW + 8, rules.again_at(1, NOW, nil, 0, policy))
    assert.equal(NOW + 12, rules.again_at(1, NOW, nil, 1, policy))
    assert.equal(NOW + 17280, rules.again_at(9, NOW, nil, 0, policy))
  end)

  it("is not to be tried before the receiver's Retry-After, which may be a day at most", function()
    assert.equal(NOW + 600, rules.again_at(1, NOW, NOW + 600, 0.5, policy))
    assert.equal(NOW + 810, rules.again_at(5, NOW, NOW + 600, 0.5, policy))
    assert.equal(NOW + DAY, rules.again_at(1, NOW, NOW + 365 * DAY, 0.5, policy))
    assert.equal(NOW + 10, rules.again_at(1, NOW, NOW - 600, 0.5, policy))
  end)
end)

describe("a Retry-After", function()
  it("is seconds, or a date", function()
    assert.equal(NOW + 120, rules.retry_after("120", NOW))
    assert.equal(784111777, rules.retry_after("Sun, 06 Nov 1994 08:49:37 GMT", NOW))
    assert.equal(0, rules.retry_after("Thu, 01 Jan 1970 00:00:00 GMT", NOW))
    assert.equal(951782400, rules.retry_after("Tue, 29 Feb 2000 00:00:00 GMT", NOW))
    assert.equal(4102444800, rules.retry_after("Fri, 01 Jan 2100 00:00:00 GMT", NOW))
  end)

  it("is none otherwise", function()
    for _, text in ipairs { "", "-1", "1.5", "soon", ("9"):rep(11), "Sun, 06 Nix 1994 08:49:37 GMT", "06 Nov 1994", "1 " } do
      assert.is_nil(rules.retry_after(text, NOW), text)
    end
    assert.is_nil(rules.retry_after(nil, NOW))
  end)
end)

describe("a webhook", function()
  it("that fails is left alone for a while that grows to some minutes", function()
    local waits = {}
    for failures = 1, 8 do waits[failures] = rules.pause_until(failures, NOW, nil, policy) - NOW end
    assert.same({ 5, 10, 20, 40, 80, 160, 300, 300 }, waits)
    assert.equal(NOW + 900, rules.pause_until(1, NOW, NOW + 900, policy))
  end)

  it("is disabled when it has failed for days", function()
    assert.is_false(rules.is_to_be_disabled(NOW, NOW + 5 * DAY - 1, policy))
    assert.is_true(rules.is_to_be_disabled(NOW, NOW + 5 * DAY, policy))
  end)

  it("gets several deliveries at a time, and one where it failed or was slow the last time", function()
    assert.equal(4, rules.at_a_time({ failures = 0, slow = false }, policy))
    assert.equal(1, rules.at_a_time({ failures = 1, slow = false }, policy))
    assert.equal(1, rules.at_a_time({ failures = 0, slow = true }, policy))
  end)

  it("gets the kinds of events that it wants", function()
    local function wants(kinds, kind, data) return rules.wants({ id = "wh_a", kinds = kinds }, { kind = kind, data = data or {} }) end
    assert.is_true(wants(nil, "verified"))
    assert.is_true(wants({ "lost", "verified" }, "verified"))
    assert.is_false(wants({ "lost" }, "verified"))
    assert.is_true(wants({ "key_*" }, "key_made"))
    assert.is_false(wants({ "key_*" }, "verified"))
    assert.is_false(wants({ "key_*" }, "keyless"))
    assert.is_false(wants({ "veri" }, "verified"))
  end)

  it("gets no event about itself", function()
    local function wants(kind, webhook) return rules.wants({ id = "wh_a" }, { kind = kind, data = { webhook = webhook } }) end
    assert.is_false(wants("webhook_disabled", "wh_a"))
    assert.is_true(wants("webhook_disabled", "wh_b"))
    assert.is_true(wants("verified", "wh_a"))
  end)

  it("names kinds as words, or as beginnings of them", function()
    for _, kind in ipairs { "verified", "key_made", "key_*", "mail_released", "k*" } do assert.is_true(rules.is_kind(kind), kind) end
    for _, kind in ipairs { "", "*", "*key", "key_*_x", "Verified", "key made", "'", 1, ("a"):rep(65) } do
      assert.is_false(rules.is_kind(kind), tostring(kind))
    end
  end)
end)

describe("the numbers that webhooks go by", function()
  it("may be others, where those make sense", function()
    assert.equal(1, rules.policy { retry_first = 1 }.retry_first)
    assert.equal(30, policy.retry_first * policy.retry_factor)
    for name, value in pairs {
      retry_first = 0, retry_factor = 0.5, jitter = 1, timeout = 0, in_all = 1, at_a_time = 0, allow_private = 1, no = 1,
    } do
      assert.has_error(function() rules.policy { [name] = value } end)
    end
  end)
end)
