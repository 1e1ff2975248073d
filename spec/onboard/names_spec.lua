local names = require "mailseal.onboard.names"
local public_suffix = require "mailseal.onboard.public_suffix"

-- The codes of what is said of a name.
local function advice(typed)
  local codes = {}
  for i, item in ipairs(assert(names.read(typed)).advice) do
    codes[i] = item.code
    assert.truthy(#item.text > 0)
  end
  return table.concat(codes, " ")
end

local function refused(typed, wanted_code)
  local name, message, code = names.read(typed)
  assert.is_nil(name, typed)
  assert.equal(wanted_code, code, typed)
  return message
end

describe("mailseal.onboard.names", function()
  it("stores lower-case A-labels and shows U-labels (Service 10)", function()
    for typed, wanted in pairs {
      ["Mail.Example.COM"] = { "mail.example.com", "mail.example.com", "example.com" },
      ["  example.com.\n"] = { "example.com", "example.com", "example.com" },
      ["Bücher.example"] = { "xn--bcher-kva.example", "bücher.example", "xn--bcher-kva.example" },
      ["XN--BCHER-KVA.example"] = { "xn--bcher-kva.example", "bücher.example", "xn--bcher-kva.example" },
      ["news.例え.テスト"] = { "news.xn--r8jz45g.xn--zckzah", "news.例え.テスト", "xn--r8jz45g.xn--zckzah" },
      ["a.example.co.uk"] = { "a.example.co.uk", "a.example.co.uk", "example.co.uk" },
      ["xn--i-7iq.ws"] = { "xn--i-7iq.ws", "xn--i-7iq.ws", "xn--i-7iq.ws" },
    } do
      local name = assert(names.read(typed))
      assert.same(wanted, { name.domain, name.unicode, name.registrable }, typed)
      assert.same({}, name.advice)
    end
  end)

  it("gives the same name for every way to write it", function()
    for _, typed in ipairs { "BU\204\136CHER.example", "ｂücher．example", "bücher。example", "\tbücher.example." } do
      assert.equal("xn--bcher-kva.example", assert(names.read(typed)).domain)
    end
  end)

  it("refuses public suffixes, those of registries and those of companies (Service 3)", function()
    for _, typed in ipairs { "com", "co.uk", "CO.UK.", "github.io", "公司.cn", "xn--55qx5d.cn", "localhost", "kobe.jp", "x.kobe.jp" } do
      assert.truthy(refused(typed, "public_suffix"):find("^that is a public suffix %(")) -- the page begins with a capital letter
    end
    for _, typed in ipairs { "example.co.uk", "foo.github.io", "city.kobe.jp", "www.ck" } do
      assert.truthy(names.read(typed), typed)
    end
  end)

  it("goes by the list that it is given", function()
    local list = assert(public_suffix.parse "// ===BEGIN ICANN DOMAINS===\nown.test\n// ===BEGIN PRIVATE DOMAINS===\n")
    assert.is_nil((names.read("own.test", list)))
    assert.equal("a.own.test", assert(names.read("b.a.own.test", list)).registrable)
    assert.truthy(names.read("co.uk", list))
  end)

  it("says what was typed in place of a domain", function()
    for typed, words in pairs {
      [""] = "no domain", [" \t"] = "no domain", ["joe@example.com"] = "behind the @", ["https://example.com/"] = "page",
      ["example.com/path"] = "page", ["example.com:25"] = "port", ["192.0.2.1"] = "address", ["2001:db8::1"] = "address",
      ["[192.0.2.1]"] = "address", ["*.example.com"] = "wildcard", ["_dmarc.example.com"] = "that may be example.com",
      ["_sip._tcp.example.com"] = "that may be example.com", ["s1._domainkey.mail.example.com"] = "that may be mail.example.com",
      ["_domainkey.example.com"] = "that may be example.com", ["a_b.example.com"] = "underscore", ["-a.example.com"] = "hyphen",
      ["a-.example.com"] = "hyphen", ["example.c-"] = "hyphen", ["1.2.3"] = "number",
      ["a..b"] = "empty label", [".example.com"] = "empty label",
      ["exam ple.com"] = "U+0020", ["a,b.com"] = "U+002C", ["\255.com"] = "UTF-8", ["a\0b.com"] = "U+0000",
      [("a"):rep(64) .. ".com"] = "63", [("label."):rep(42) .. "com"] = "253", ["."] = "empty label",
    } do
      local message = refused(typed, "bad_name")
      assert.truthy(message:find(words, 1, true), typed .. ": " .. message)
    end
  end)

  it("leaves room for the record that proves the domain", function()
    local label = ("a"):rep(60) .. "."
    local name = label:rep(3) .. ("b"):rep(253 - 3 * 61 - #"_mailseal-challenge." - #".com") .. ".com"
    assert.truthy(names.read(name))
    assert.truthy(refused("b" .. name, "bad_name"):find("too long", 1, true))
  end)

  it("warns of labels that mix scripts (Service 10)", function()
    assert.equal("mixed_script", advice "pаypal.com")
    assert.equal("mixed_script", advice "xn--pypal-4ve.com")
    assert.equal("mixed_script mixed_script", advice "αpple.pаypal.com")
    for _, typed in ipairs { "почта.рф", "e食品.jp", "bücher.example", "пример.com", "почта-24.example.com" } do
      assert.equal("", advice(typed), typed)
    end
  end)

  it("warns of labels of another script that read as Latin", function()
    assert.equal("lookalike_script", advice "аррӏе.com")
    assert.truthy(names.read "аррӏе.com".advice[1].text:find('reads as "apple"', 1, true))
    assert.equal("lookalike_script", advice "mail.νοκια.com")
    assert.equal("", advice "сорока.com")
    assert.equal("", advice "аррӏе.рф")
  end)

  it("asks whether a web server's name was meant", function()
    assert.equal("www_domain", advice "www.example.com")
    assert.equal("", advice "www.mail.example.com")
    assert.equal("", advice "www.ck")
  end)

  it("wants a text", function()
    assert.has_error(function() names.read(nil) end)
  end)
end)
