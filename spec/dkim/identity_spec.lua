-- i= beside d=, where either is internationalized (RFC 6376 §3.5, RFC 8616 §4).
local signed = require "spec.support.signed"
local dkim = require "mailseal.dkim"

local function say(tags, record)
  local resolver = signed.answering { status = "ok", text = { record or signed.ed25519:record() }, ttl = 60 }
  return signed.say_all(assert(dkim.verify(signed.forge { tags = tags }, { resolver = resolver, now = signed.NOW })))
end

describe("an identity", function()
  it("is within its domain whether the one or the other is in U-labels", function()
    for _, row in ipairs {
      { "xn--bcher-kva.example", "@bücher.example" }, { "bücher.example", "@xn--bcher-kva.example" },
      { "bücher.example", "a@shop.BÜCHER.example" }, { "xn--bcher-kva.example", "a@shop.bücher.example" },
    } do
      assert.equal("pass", say { d = row[1], i = row[2] })
    end
  end)

  it("of another domain is not, however alike they look", function()
    assert.equal("permerror identity_outside_domain", say { d = "xn--bcher-kva.example", i = "@bucher.example" })
    assert.equal("permerror identity_outside_domain", say { d = "example.net", i = "@fexample.net" })
    assert.equal("permerror identity_outside_domain", say { d = "example.net", i = "@" })
  end)

  it("satisfies t=s in either form of its domain, but not below it", function()
    local strict = signed.ed25519:record { strict = true }
    assert.equal("pass", say({ d = "xn--bcher-kva.example", i = "@bücher.example" }, strict))
    assert.equal("permerror key_identity_strict", say({ d = "bücher.example", i = "@shop.xn--bcher-kva.example" }, strict))
  end)
end)
