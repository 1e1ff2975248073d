local template = require "mailseal.rules.template"

describe("a text with placeholders", function()
  it("is filled with values, which are not looked through again", function()
    local values = { domain = "example.com", tokens = { "a", "{domain}" } }
    assert.equal("a._domainkey.example.com", template.fill("{tokens.1}._domainkey.{domain}", values))
    assert.equal("{domain}.example.com", template.fill("{tokens.2}.{domain}", values))
    assert.equal("none", template.fill("none", values))
    assert.equal("%1", template.fill("{a}", { a = "%1" }))
  end)

  it("names each value that is not there once", function()
    local filled, missing = template.fill("{a}.{tokens.3}.{a}.{domain.1}.{tokens}", { domain = "x", tokens = { "a" } })
    assert.is_nil(filled)
    assert.same({ "a", "tokens.3", "domain.1", "tokens" }, missing)
  end)

  it("tells its placeholders", function()
    assert.same({ { name = "tokens", place = 12 }, { name = "domain" }, { name = "a_1" } },
      template.placeholders("{tokens.12}.{domain}-{a_1}"))
    assert.same({}, template.placeholders("none"))
  end)

  it("has no other braces", function()
    for _, text in ipairs { "{", "}", "{}", "{Domain}", "{a b}", "{{a}}", "{a.b}", "{1}", "{a" } do
      assert.same({ nil, "a brace belongs to no placeholder such as {domain} or {tokens.1}" }, { template.placeholders(text) })
    end
    for _, text in ipairs { "{a.}", "{a.0}", "{a.100}" } do
      assert.same({ nil, text .. " has no place from 1 to 99 behind its dot" }, { template.placeholders(text) })
    end
  end)
end)
