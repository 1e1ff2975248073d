-- The strict reader of SPF records: RFC 7208's grammar, and what it makes of it.
local record = require "mailseal.record"
local spf = require "mailseal.record.spf"

-- The only term of a record that has but it.
local function term(text)
  local parsed = assert(spf.parse("v=spf1 " .. text))
  assert.equal(1, #parsed.terms)
  return parsed.terms[1]
end

local function fields(text)
  local t = term(text)
  assert.equal(text, t.text)
  assert.equal(8, t.at)
  t.text, t.at = nil, nil
  return t
end

-- Each text is refused, for this reason.
local function refused(code, texts)
  for _, text in ipairs(texts) do
    local parsed, message, general, closer, piece = spf.parse("v=spf1 ip4:192.0.2.1 " .. text .. " -all")
    assert.is_nil(parsed, text)
    assert.is_string(message)
    assert.equal("spf_syntax", general)
    assert.equal(code, closer, text)
    assert.equal(text:match("[^ ]+"), piece)
  end
end

local function read(texts)
  for _, text in ipairs(texts) do
    assert.is_table((spf.parse(text)), text)
  end
end

describe("an SPF record", function()
  it("is a text that begins with v=spf1 and a space, or is that alone", function()
    for _, text in ipairs { "v=spf1", "V=SpF1", "v=spf1 ", "v=spf1 nonsense", "v=spf1 -all" } do
      assert.is_true(spf.is_one(text), text)
    end
    for _, text in ipairs { "", "v=spf", "v=spf10", "v=spf1\t-all", " v=spf1 -all", "v=spf2", "spf2.0/pra -all", "v=DMARC1; p=none" } do
      assert.is_false(spf.is_one(text), text)
      local parsed, message, code = spf.parse(text)
      assert.is_nil(parsed)
      assert.equal("the text does not begin with v=spf1, and is no SPF record", message)
      assert.equal("spf_not_a_record", code)
    end
  end)

  it("may come as the strings of a TXT record, which are joined without a space", function()
    assert.equal("192.0.2.5", spf.parse({ "v=spf1 ip4:", "192.0.2.5 -all" }).terms[1].address)
    assert.is_false(spf.is_one { "v=spf1", "mx" })
  end)

  it("is told apart into its terms", function()
    local text = "v=spf1 include:_spf.example.net  A:x.example/24//64 ?exists:%{ir}.%{l1r-}.example exp=why.%{d} redirect=b.example ~all "
    local parsed = record.parse("spf", text)
    assert.same({ "include", "a", "exists", "exp", "redirect", "all" }, {
      parsed.terms[1].name, parsed.terms[2].name, parsed.terms[3].name, parsed.terms[4].name, parsed.terms[5].name, parsed.terms[6].name,
    })
    for _, t in ipairs(parsed.terms) do
      assert.equal(t.text, text:sub(t.at, t.at + #t.text - 1))
    end
    assert.equal("spf1", parsed.version)
    assert.equal("~", parsed.all)
    assert.equal("b.example", parsed.redirect)
    assert.equal("why.%{d}", parsed.exp)
  end)

  it("has mechanisms", function()
    assert.same({ kind = "mechanism", name = "all", qualifier = "-" }, fields("-all"))
    assert.same({ kind = "mechanism", name = "include", qualifier = "+", domain = "_spf.x.example" }, fields("include:_spf.x.example"))
    assert.same({ kind = "mechanism", name = "a", qualifier = "+" }, fields("a"))
    assert.same({ kind = "mechanism", name = "mx", qualifier = "~", prefix4 = 0 }, fields("~MX/0"))
    assert.same({ kind = "mechanism", name = "a", qualifier = "+", prefix6 = 128 }, fields("a//128"))
    assert.same({ kind = "mechanism", name = "mx", qualifier = "+", domain = "m.example", prefix4 = 32, prefix6 = 0 },
      fields("mx:m.example/32//0"))
    assert.same({ kind = "mechanism", name = "ptr", qualifier = "?", domain = "x.example" }, fields("?ptr:x.example"))
    assert.same({ kind = "mechanism", name = "ip4", qualifier = "+", address = "192.0.2.0", prefix4 = 24 }, fields("ip4:192.0.2.0/24"))
    assert.same({ kind = "mechanism", name = "ip6", qualifier = "+", address = "2001:DB8::", prefix6 = 32 }, fields("IP6:2001:DB8::/32"))
    assert.same({ kind = "mechanism", name = "ip6", qualifier = "+", address = "::ffff:1.2.3.4" }, fields("ip6:::ffff:1.2.3.4"))
    assert.same({ kind = "mechanism", name = "exists", qualifier = "-", domain = "%{IR}.%{d2}", macros = "di" },
      fields("-exists:%{IR}.%{d2}"))
  end)

  it("has modifiers, known and unknown, which take any macro", function()
    assert.same({ kind = "modifier", name = "redirect", value = "%{d}.x.example.", macros = "d" }, fields("Redirect=%{d}.x.example."))
    assert.same({ kind = "modifier", name = "exp", value = "x.%{o}", macros = "o" }, fields("exp=x.%{o}"))
    assert.same({ kind = "modifier", name = "moo.cow-far_out", value = "man:dog/cat" }, fields("Moo.cow-far_out=man:dog/cat"))
    assert.same({ kind = "modifier", name = "x", value = "" }, fields("x="))
    assert.same({ kind = "modifier", name = "x", value = "=%{t}", macros = "t" }, fields("x==%{t}"))
    assert.equal(("X"):rep(100), fields(("X"):rep(100) .. "=y").name)
  end)

  it("counts the terms that make a receiver query, redirect= only where no `all` rules it out", function()
    assert.equal(0, spf.parse("v=spf1 ip4:192.0.2.1 ip6:::1 exp=x.example -all").lookups)
    assert.equal(5, spf.parse("v=spf1 a mx ptr include:x.example exists:x.example ip4:192.0.2.1 ?all").lookups)
    assert.equal(2, spf.parse("v=spf1 a redirect=x.example").lookups)
    assert.equal(1, spf.parse("v=spf1 a redirect=x.example ~all").lookups)
  end)

  it("may have no terms, spaces without end, an `all` twice, and names that no DNS could hold", function()
    read {
      "v=spf1", "v=spf1     ", "v=spf1 all -all", "v=spf1 a:foo:bar/baz.example.com", "v=spf1 a:mail.example...com -all",
      "v=spf1 a:" .. ("a"):rep(70) .. ".example.com", "v=spf1 a:foo.example.xn--zckzah", "v=spf1 a:a%%b%_c%-d.example.com",
      "v=spf1 a:x.3com",
      "v=spf1 a:%%", "v=spf1 include:.com", "v=spf1 include=x.example v=spf1 default=+",
    }
  end)

  it("is refused for a term that is neither mechanism nor modifier", function()
    refused("spf_unknown_mechanism", { "moo", "all.", "redirect:x.example", "ip:192.0.2.1", "ipv4:192.0.2.1", "-", "a.b" })
    refused("spf_bad_modifier", { "1up=foo", "=all", "+redirect=x.example", "moo.cow/far_out=man:dog/cat", "moo.cow:far_out=man", "-x=y" })
    refused("spf_bad_character", { "a:\239\187\191garbage.example.net", "\128a:example.net", "a:x.example\rptr", "ip4:192.0.2.5\n",
      "a:foo.example.com\0", "a\t-mx" })
  end)

  it("is refused for a second redirect= or exp=", function()
    local _, _, code, closer, piece = spf.parse("v=spf1 exp=a.example -all EXP=b.example")
    assert.same({ "spf_syntax", "spf_modifier_twice", "EXP=b.example" }, { code, closer, piece })
    _, _, code, closer, piece = spf.parse("v=spf1 redirect=a.example redirect=a.example")
    assert.same({ "spf_syntax", "spf_modifier_twice", "redirect=a.example" }, { code, closer, piece })
  end)

  it("is refused for what stands behind a mechanism", function()
    refused("spf_nothing_allowed", { "all:foobar", "-all/8", "ptr/0", "include/24", "exists/8", "ip4/8", "all:" })
    refused("spf_missing_domain", { "include", "+include", "include:", "exists", "exists:", "a:", "mx:", "ptr:", "a:/24", "exp=",
      "redirect=" })
    refused("spf_missing_address", { "ip4", "ip4:", "ip6", "ip6:" })
  end)

  it("is refused for a name without a top-level domain", function()
    refused("spf_bad_domain", {
      "a:foo-bar", "a:museum", "a:museum.", "a:example.-com", "a:example.com-", "a:111.222.33.44", "a:abc.123", "a:example.com:8080",
      "include:%{d}x", "include:%{d}.", "redirect=-all", "exp=-all", "a:x..", "mx:example.c_m", "include:_spf.google.com~all",
    })
  end)

  it("is refused for macros that are none, or not allowed there", function()
    refused("spf_bad_macro", {
      "exists:%(ir).example.org", "exists:foo%(ir).example.org", "exists:foo%.example.org", "a:%{a}.example.com", "a:%{", "a:%{}.com",
      "a:%",
      "a:%{d0}.com", "a:%{d2x}.com", "a:%{rd}.com", "a:%{d.2}.com", "a:%{d", "foo=%abc", "x=%{q}",
    })
    refused("spf_explanation_macro", { "exp=%{r}.example.com", "a:%{c}", "include:%{T2r}.example.com" })
    read { "v=spf1 a:%{d99999999999999999999r.-+,/_=}", "v=spf1 a:%{S1R/}/24" }
  end)

  it("is refused for the size of a network", function()
    refused("spf_bad_prefix", {
      "a/33", "a//129", "a/24/64", "a/024", "a//", "a/", "mx/x", "a:example.com/33", "mx:example.com//129", "a:%{d}x.example/24//",
      "include:example.com/24",
      "exists:x.example/24", "ip4:192.0.2.1/33", "ip4:192.0.2.1/032", "ip4:192.0.2.1//32", "ip4:192.0.2.1/", "ip4:192.0.2.1/24x",
      "ip6:::1.1.1.1/129", "ip6:::1.1.1.1//33", "ip6:::/00", "a///24", "a//32//24", "a/99999999999999999999",
    })
  end)

  it("is refused for an address that is none", function()
    refused("spf_bad_address", {
      "ip4:1.2.3", "ip4:1.2.3.4:8080", "ip4:1.2.3.256", "ip4:01.2.3.4", "ip4:1.2.3.4.5", "ip4:1..2.3", "ip4:::1",
      "ip4:mail.example.com", "ip4:/24",
      "ip6:1.2.3.4", "ip6::CAFE::BABE", "ip6:2001:db8", "ip6:1:2:3:4:5:6:7:8:9", "ip6:12345::", "ip6:" .. ("0"):rep(60) .. "::1",
      "ip6:fe80::1%eth0",
    })
  end)

  it("has no more octets than a DNS record, and no more than 2000 terms", function()
    local _, _, _, closer = spf.parse("v=spf1 " .. ("a "):rep(2001))
    assert.equal("spf_too_many_terms", closer)
    read { "v=spf1 " .. ("a "):rep(2000), "v=spf1 x=" .. ("y"):rep(65535 - 9) }
    _, _, _, closer = spf.parse("v=spf1 x=" .. ("y"):rep(65535 - 8))
    assert.equal("spf_too_long", closer)
  end)

  it("is read by its first fault", function()
    local _, _, _, closer, piece = spf.parse("v=spf1 ip4:1.2.3 moo include:")
    assert.same({ "spf_bad_address", "ip4:1.2.3" }, { closer, piece })
  end)
end)
