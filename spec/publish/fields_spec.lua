local fields = require "mailseal.publish.fields"
local sets = require "mailseal.publish.sets"

describe("a record's value in fields", function()
  local cases = {
    { "TXT", '"v=spf1 -all"', { text = "v=spf1 -all" } }, { "TXT", sets.text(("x"):rep(300)), { text = ("x"):rep(300) } },
    { "TXT", [["a \"b\" \\ \195\164"]], { text = 'a "b" \\ \195\164' } }, { "CNAME", "a.example.", { target = "a.example" } },
    { "NS", "ns.example.", { target = "ns.example" } }, { "MX", "10 mx.example.", { priority = 10, target = "mx.example" } },
    { "MX", "0 .", { priority = 0, target = "." } }, { "A", "192.0.2.1", { address = "192.0.2.1" } },
    { "AAAA", "2001:db8::1", { address = "2001:db8::1" } },
    { "SRV", "1 2 5060 sip.example.", { priority = 1, weight = 2, port = 5060, target = "sip.example" } },
    { "CAA", '0 issue "ca.example; a=b"', { flags = 0, tag = "issue", text = "ca.example; a=b" } },
    { "HINFO", '"a" "b"', { data = '"a" "b"' } },
  }

  it("comes out of it, and back", function()
    for _, case in ipairs(cases) do
      local kind, value, parts = case[1], case[2], case[3]
      assert.same(parts, fields.of(kind, value))
      assert.equal(value, fields.value(kind, parts))
      assert.equal(kind ~= "HINFO", fields.is_known(kind))
    end
  end)

  it("is as it stands where that is no such value, or fields are missing", function()
    assert.same({ data = "mx.example." }, fields.of("MX", "mx.example."))
    assert.same({ data = "1 2 sip.example." }, fields.of("SRV", "1 2 sip.example."))
    assert.same({ data = "0 issue" }, fields.of("CAA", "0 issue"))
    assert.equal("told so", fields.value("MX", { target = "mx.example", data = "told so" }))
    assert.equal("", fields.value("SRV", { priority = 1 }))
  end)

  it("has names in lower case", function()
    assert.equal("a.example.", fields.value("CNAME", { target = "A.Example" }))
    assert.equal("a.example.", fields.value("CNAME", { target = "A.Example." }))
  end)

  it("stands at a name that is told below its zone", function()
    assert.equal("s1._domainkey", fields.relative("s1._domainkey.example.test", "example.test", "@"))
    assert.equal("@", fields.relative("example.test", "example.test", "@"))
    assert.equal("", fields.relative("example.test", "example.test", ""))
    assert.equal("s1._domainkey.example.test", fields.absolute("S1._domainkey", "example.test", "@"))
    assert.equal("example.test", fields.absolute("@", "example.test", "@"))
    assert.equal("example.test", fields.absolute("", "example.test", "@"))
    for _, name in ipairs { "notexample.test", "a.other.test", "test" } do
      assert.has_error(function() fields.relative(name, "example.test", "@") end, name .. " is not in the zone example.test")
    end
  end)

  it("is told by JSON where that can tell it", function()
    for text, plain in pairs { ["a;\"b\" \\"] = true, ["\195\164"] = true, ["\195"] = false, ["\255"] = false, ["a\nb"] = false } do
      assert.equal(plain, fields.is_plain(text), text)
    end
    assert.is_false(fields.is_plain(nil))
  end)
end)
