local dns = require "mailseal.dns"
local presentation = require "mailseal.check.publication.presentation"

-- The data of the records of a type, as they come from a zone and are written again.
local function values(type, ...)
  local records = {}
  for i, data in ipairs { ... } do records[i] = { type = type, data = data } end
  return presentation.values(assert(dns.resolver { zone = { ["x.example"] = records } }):query("x.example", type))
end

describe("the data of records", function()
  it("is written as people write it", function()
    for type, data in pairs {
      A = "192.0.2.1", AAAA = "2001:db8::1", NS = "ns1.example", PTR = "a.example", CNAME = "b.example",
      MX = "10 mx.example", SRV = "1 2 443 s.example", CAA = "0 issue ca.example", TLSA = "3 1 1 ab12",
      DS = "12345 13 2 " .. ("ab"):rep(32),
    } do
      local zone_data = ({ NS = 1, PTR = 1, CNAME = 1, MX = 1, SRV = 1 })[type] and data .. "." or data
      local found = values(type, zone_data)
      assert.equal(1, #found)
      assert.is_true(presentation.same(found[1], data, type), type .. ": " .. found[1])
    end
    assert.same({ "a b", "one" }, values("TXT", "one", { "a ", "b" }))
  end)

  it("is the same whatever the case and the dots of names, and the same octets in texts", function()
    assert.is_true(presentation.same("10 MX.example.", "10  mx.example", "MX"))
    assert.is_true(presentation.same('0 issue "ca.example"', "0 issue ca.example", "CAA"))
    assert.is_false(presentation.same("10 mx.example", "20 mx.example", "MX"))
    assert.is_false(presentation.same("Token", "token", "TXT"))
    assert.is_true(presentation.same("Token", "Token", "TXT"))
  end)

  it("is bare without what pasting adds", function()
    local bare = presentation.bare "v=spf1 include:x.example ~all"
    for _, text in ipairs {
      '"v=spf1 include:x.example ~all"', "v=spf1  include:x.example\t~all ", "\226\128\156v=spf1 include:x.example ~all\226\128\157",
      "v=spf1\194\160include:x.example ~all", "V=SPF1 include:x.example ~all", '\\"v=spf1 include:x.example ~all\\"',
    } do
      assert.equal(bare, presentation.bare(text))
    end
    assert.are_not.equal(bare, presentation.bare "v=spf1 include:y.example ~all")
  end)

  it("is the name of a host and nothing else, or is not", function()
    for text, host in pairs {
      ["S1.dkim.Provider.example."] = "s1.dkim.provider.example", [' "a_b.c-d.example" '] = "a_b.c-d.example",
      ["'x.example'"] = "x.example",
    } do
      assert.equal(host, presentation.host(text))
    end
    for _, text in ipairs { "localhost", "a..example", "192.0.2.1", "v=spf1 -all", "a@b.example", "https://a.example", "a b.example" } do
      assert.is_nil(presentation.host(text), text)
    end
  end)
end)
