local webhook = require "mailseal.webhook"

local SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
local BODY, ID, NOW = '{"test": 2432232314}', "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330

local function with(changes)
  local headers = webhook.sign(ID, NOW, BODY, SECRET)
  for name, value in pairs(changes or {}) do headers[name] = value or nil end
  return headers
end

local function code_of(headers, body, secret, options)
  local found, _, code = webhook.verify(headers, body or BODY, secret or SECRET, options or { now = NOW })
  return found and "genuine" or code
end

describe("the signature of a webhook", function()
  it("is that of Standard Webhooks", function()
    assert.same({
      ["webhook-id"] = ID, ["webhook-timestamp"] = "1614265330", ["webhook-signature"] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }, webhook.sign(ID, NOW, BODY, SECRET))
  end)

  it("is verified, and tells the id", function()
    assert.same({ id = ID, timestamp = NOW }, webhook.verify(with(), BODY, SECRET, { now = NOW + 299 }))
    local capital = {}
    for name, value in pairs(with()) do capital[name:upper()] = value end
    assert.equal("genuine", code_of(capital))
    local signed = webhook.sign(ID, os.time(), BODY, SECRET)
    assert.equal("genuine", webhook.verify(signed, BODY, SECRET) and "genuine")
  end)

  it("is not one of anything that was changed", function()
    assert.equal("bad_signature", code_of(with(), BODY .. " "))
    assert.equal("bad_signature", code_of(with { ["webhook-id"] = ID .. "x" }))
    assert.equal("bad_signature", code_of(with { ["webhook-timestamp"] = "1614265331" }))
    assert.equal("bad_signature", code_of(with(), BODY, webhook.new_secret()))
    for _, signature in ipairs { "", "v1,", "v1", "x", "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" } do
      assert.equal("bad_signature", code_of(with { ["webhook-signature"] = signature }), signature)
    end
  end)

  it("is old after some minutes, and not to come", function()
    assert.equal("bad_timestamp", code_of(with(), nil, nil, { now = NOW + 301 }))
    assert.equal("bad_timestamp", code_of(with(), nil, nil, { now = NOW - 301 }))
    assert.equal("genuine", code_of(with(), nil, nil, { now = NOW + 301, tolerance = 400 }))
    for _, text in ipairs { "", "-1", "1e9", "0x60", "1614265330.0", ("9"):rep(40) } do
      assert.equal("bad_timestamp", code_of(with { ["webhook-timestamp"] = text }), text)
    end
  end)

  it("is not there where a field is missing, or there twice", function()
    for _, name in ipairs { "webhook-id", "webhook-timestamp", "webhook-signature" } do
      assert.equal("missing_fields", code_of(with { [name] = false }), name)
      assert.equal("missing_fields", code_of(with { [name] = { "a", "b" } }), name)
      assert.equal("missing_fields", code_of(with { [name:upper()] = "x" }), name)
    end
    assert.equal("missing_fields", code_of(with { ["webhook-signature"] = ("v1,x "):rep(1000) }))
  end)

  it("is one by each of two secrets while one replaces the other", function()
    local new = webhook.new_secret()
    local headers = webhook.sign(ID, NOW, BODY, new, SECRET)
    assert.equal("genuine", code_of(headers))
    assert.equal("genuine", code_of(headers, nil, new))
    assert.equal("genuine", code_of(with(), nil, { new, SECRET }))
    assert.equal("bad_signature", code_of(headers, nil, webhook.new_secret()))
  end)

  it("is by a secret of 256 random bits", function()
    assert.truthy(webhook.new_secret():find("^whsec_[%w+/]+=$"))
    assert.equal(50, #webhook.new_secret())
    assert.are_not.equal(webhook.new_secret(), webhook.new_secret())
    for _, secret in ipairs { "", "whsec_", "whsec_!", "whsec_YQ==", "x" } do
      assert.has_error(function() webhook.verify(with(), BODY, secret, { now = NOW }) end)
      assert.has_error(function() webhook.sign(ID, NOW, BODY, secret) end)
    end
  end)
end)
