--- What every format shares: which records are taken, and which are refused.
local handover = require "mailseal.handover"
local stage = require "spec.support.handover"

local function refused(record, more)
  local text, message, code = stage.write("bind", { record }, more)
  assert.is_nil(text)
  assert.is_string(message)
  return code, message
end

describe("handing over", function()
  it("takes each record once, however often it is there", function()
    local records = stage.records()
    records[#records + 1] = stage.records()[1]
    local _, count = assert(stage.write("bind", records)):gsub("\nabc%._domainkey", "")
    assert.equal(1, count)
  end)

  it("puts nothing in the place of an SPF or DMARC record that is there and is not told octet by octet", function()
    for _, case in ipairs {
      { purpose = "dmarc", value = "v=DMARC1; p=none", found = "v=DMARC1; p=reject; x=\\226\\128\\174" },
      { purpose = "dmarc", value = "v=DMARC1; p=none", found = "v=DMARC1; p=reject; x=\239\191\189" },
      { purpose = "spf", value = "v=spf1 a ~all", found = "v=spf1 include:a.example" .. (" ip4:192.0.2.1"):rep(80) .. "..." },
    } do
      local given = { id = "it", type = "TXT", name = "a.example.com", purpose = case.purpose, value = case.value }
      given.status, given.found = "found", case.found
      for _, format in ipairs { "bind", "csv", "terraform", "dnscontrol", "octodns", "letter", "html" } do
        local text = assert(stage.write(format, { given }))
        assert.is_nil(text:find("v=", 1, true), format)
        assert.matches("a.example.com", text, 1, true)
        local is_letter = format == "letter" or format == "html"
        assert.matches(is_letter and "are published" or "published already: it stays as it is", text, 1, true)
      end
    end
  end)

  it("refuses what is not in the zone", function()
    for _, name in ipairs { "example.net", "badexample.com", "com", "a..example.com", ("a"):rep(64) .. ".example.com", "" } do
      assert.equal("outside_zone", refused { type = "TXT", name = name, value = "x" })
    end
    local _, message = refused { type = "TXT", name = "a.example.net", value = "x" }
    assert.equal("a.example.net is no name in the zone example.com", message)
  end)

  it("refuses values that are none of their type", function()
    for _, record in ipairs {
      { type = "CNAME", value = "a..b" }, { type = "CNAME", value = 1 }, { type = "CNAME", value = "" },
      { type = "MX", value = "mx.example" },
      { type = "MX", value = "70000 mx.example" }, { type = "MX", value = "10 " }, { type = "TXT", value = ("x"):rep(65500) },
      { type = "NS", value = { "ns1.example", "" } }, { type = "TXT", value = true },
    } do
      record.name = "a.example.com"
      assert.equal("bad_value", refused(record))
    end
  end)

  it("refuses types that it does not know", function()
    assert.equal("bad_type", refused { type = "PTR", name = "a.example.com", value = "b.example" })
    assert.equal("bad_type", refused { name = "a.example.com", value = "b.example" })
  end)

  it("refuses a CNAME beside anything else, for no zone has it", function()
    local name = "a.example.com"
    for _, other in ipairs { { type = "TXT", value = "x" }, { type = "CNAME", value = "c.example" } } do
      other.name = name
      local text, message, code = stage.write("bind", { { type = "CNAME", name = name, value = "b.example" }, other })
      assert.same({ nil, "at a.example.com a CNAME would stand beside another record", "conflicting" }, { text, message, code })
    end
  end)

  it("refuses a format that there is not, naming those that there are", function()
    local text, message, code = stage.write("xml", stage.records())
    assert.same({ nil, "no_format" }, { text, code })
    for _, format in ipairs(handover.FORMATS) do
      assert.matches(format.id, message, 1, true)
      assert.is_string(stage.write(format.id, stage.records()))
    end
  end)

  it("takes a zone and names with a dot at their ends, in any case", function()
    local text = assert(handover.write("bind", { { type = "TXT", name = "A.Example.COM.", value = "x" } },
      { domain = "example.com.", zone = "EXAMPLE.com." }))
    assert.matches('\na.example.com. 3600 IN TXT "x"\n', text, 1, true)
  end)

  it("raises where it is used wrongly", function()
    for _, options in ipairs {
      {}, { domain = "a" }, { zone = "a" }, { domain = "a", zone = "a", ttl = 1.5 }, { domain = "a", zone = "a", ttl = -1 },
      { domain = "a", zone = "a", frob = 1 }, { domain = "a", zone = "a", deadline = "tomorrow" },
    } do
      assert.has_error(function() handover.write("bind", {}, options) end)
    end
    assert.has_error(function() handover.write("bind", nil, { domain = "a", zone = "a" }) end)
  end)
end)
