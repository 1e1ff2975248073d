local placement = require "mailseal.check.publication.placement"

-- The codes by the names.
local function places(name, domain, zone)
  local found = {}
  for _, place in ipairs(placement.places(name, domain, zone)) do
    assert.is_nil(found[place.name], place.name)
    found[place.name] = place.code
  end
  return found
end

describe("where a record may have landed:", function()
  -- Without those of domains below, which are always the same.
  local function without_children(found)
    for name, code in pairs(found) do
      if code == "record_at_child" then found[name] = nil end
    end
    return found
  end

  it("a key, at every name that a slip leads to, each once", function()
    assert.same({
      ["s1._domainkey.example.com.example.com"] = "record_name_doubled",
      ["s1._domainkey.example.example.com"] = "record_name_doubled",
      ["s1._domainkey._domainkey.example.com"] = "record_label_doubled",
      ["s1.s1._domainkey.example.com"] = "record_label_doubled",
      ["s1.example.com"] = "record_without_domainkey",
      ["_domainkey.example.com"] = "record_without_selector",
      ["s1.domainkey.example.com"] = "record_misnamed",
      ["s1_domainkey.example.com"] = "record_misnamed",
      ["_domainkey.s1.example.com"] = "record_misnamed",
      ["_dmarc.example.com"] = "record_misnamed",
      ["example.com"] = "record_at_apex",
    }, without_children(places("s1._domainkey.example.com", "example.com", "example.com")))
  end)

  it("a key of a domain below, also in the zones above, and with their names appended", function()
    local found = places("s1._domainkey.mail.example.co.uk", "mail.example.co.uk", "example.co.uk")
    assert.same({ "record_at_parent", "record_at_parent" },
      { found["s1._domainkey.example.co.uk"], found["s1._domainkey.co.uk"] })
    assert.is_nil(found["s1._domainkey.uk"])
    for _, appended in ipairs { "mail.example.co.uk", "example.co.uk", "co.uk" } do
      assert.equal("record_name_doubled", found["s1._domainkey.mail.example.co.uk." .. appended])
    end
    assert.equal("record_name_doubled", found["s1._domainkey.mail.mail.example.co.uk"])
  end)

  it("any other record", function()
    assert.same({
      ["_dmarc.example.com.example.com"] = "record_name_doubled",
      ["_dmarc.example.example.com"] = "record_name_doubled",
      ["_dmarc._dmarc.example.com"] = "record_label_doubled",
      ["dmarc.example.com"] = "record_misnamed",
      ["example.com"] = "record_at_apex",
    }, without_children(places("_dmarc.example.com", "example.com")))
  end)

  it("in a domain below that often has a zone of its own", function()
    local found = places("s1._domainkey.example.com", "example.com")
    assert.equal("record_at_child", found["s1._domainkey.mail.example.com"])
    assert.equal("record_at_child", found["s1._domainkey.www.example.com"])
  end)

  it("the domain's own, at its name twice", function()
    assert.same({ ["example.com.example.com"] = "record_name_doubled" }, places("example.com", "example.com"))
    assert.same({ ["em.example.com.example.com"] = "record_name_doubled", ["em.example.com.em.example.com"] = "record_name_doubled" },
      places("em.example.com", "em.example.com", "example.com"))
  end)

  it("nowhere where it is not in the domain", function()
    assert.same({}, places("a.example.org", "example.com"))
    assert.same({}, places("a.badexample.com", "example.com"))
  end)

  it("at no name that is too long", function()
    local domain = ("a23456789."):rep(15) .. "com"
    for name in pairs(places("s1._domainkey." .. domain, domain)) do assert.is_true(#name <= 253) end
  end)
end)
