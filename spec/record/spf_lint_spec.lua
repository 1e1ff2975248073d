local catalogue = require "spec.support.catalogue"
local linear = require "spec.support.linear"
local record = require "mailseal.record"

local seen = {}

-- The codes found, in their order.
local function codes(text)
  local list = {}
  for i, finding in ipairs((record.lint("spf", text))) do
    list[i], seen[finding.code] = finding.code, true
    assert.matches("^%u.*%.$", finding.message:gsub("^v=spf1", "V"), finding.code)
    assert.matches("^%u.*%.$", finding.fix)
    assert.is_nil(finding.message:find("[%c\127-\255]"), finding.code)
  end
  return list
end

-- The only finding, which must have that code, and this piece where it is given.
local function only(code, text, found)
  assert.same({ code }, codes(text), type(text) == "string" and text or nil)
  local finding = record.lint("spf", text)[1]
  if found then
    assert.equal(found:sub(1, 200), finding.found)
  end
  return finding
end

-- The same of a term among others that are well.
local function term(code, text, found)
  return only(code, "v=spf1 mx " .. text .. " ~all", found or text)
end

describe("the lint of an SPF record", function()
  describe("finds nothing wrong with", function()
    it("records as they should be, and gives them as read", function()
      local findings, parsed = record.lint("spf", "v=spf1 include:_spf.example.net ~all")
      assert.same({}, findings)
      assert.equal("~", parsed.all)
      for _, text in ipairs {
        "v=spf1 -all", "v=spf1 redirect=_spf.example.net", "v=spf1  mx   a -all  ", "v=spf1 +a +mx ~all",
        "v=spf1 ip4:198.51.100.0/24 ip4:198.51.100.7 ip6:2001:db8::/32 -all", "v=spf1 a:x.example/28//64 mx/24 -all exp=why.%{d}",
        "v=spf1 exists:%{ir}.%{l1r-}._spf.%{d2} -all", "v=spf1 include:x.xn--p1ai ~all", "v=spf1 a:a%%b%_c%-d.example -all",
        "v=spf1 include:%{d}._spf.x.example include:_a_.b-c.example ~all", "v=spf1 exists:%{i}.all-include.example mx:commx.example ~all",
      } do
        assert.same({}, codes(text), text)
      end
    end)

    it("a record in several strings, cut where it may be cut", function()
      assert.same({}, codes { "v=spf1 include:_spf.exam", "ple.net ", "", "mx -all" })
      assert.same({}, codes { "v=spf1 ip4:198.51.", "100.0/24 ", "-all" })
      for size = 1, 60 do
        assert.same({}, codes(record.split("v=spf1 ip4:198.51.100.1 include:all.mxa.example redirect=_spf.example.net", size)), size)
      end
    end)
  end)

  describe("finds what pasting did, and what is left of a record when that is out:", function()
    it("quotes, entities, invisible characters, line breaks, zone lines", function()
      only("pasted_quotes", '"v=spf1 mx -all"')
      only("pasted_smart_quotes", "\226\128\156v=spf1 mx -all\226\128\157")
      only("pasted_no_break_space", "v=spf1\194\160mx -all")
      only("pasted_invisible", "v=spf1 mx\226\128\139 -all")
      only("pasted_html_entity", "v=spf1 mx&nbsp;-all")
      only("pasted_html_entity", "v=spf1 mx &#126;all")
      only("pasted_line_break", "v=spf1 mx\n-all")
      only("pasted_line_break", "v=spf1 mx\r\n -all")
      only("pasted_control", "v=spf1 mx\0 -all")
      only("pasted_zone_line", 'example.com. 3600 IN TXT "v=spf1 " "mx -all"')
      only("pasted_zone_line", "@ IN TXT v=spf1 mx -all")
      only("txt_string_too_long", { "v=spf1 mx" .. (" "):rep(247), "-all" })
      assert.same({ "pasted_quotes", "spf_plus_all" }, codes('"v=spf1 mx +all"'))
    end)

    it("a hyphen or tilde that a word processor made longer", function()
      for _, sign in ipairs { "\226\128\147", "\226\128\148", "\226\136\146", "\203\156", "\239\189\158" } do
        only("spf_typographic_sign", "v=spf1 mx " .. sign .. "all", sign)
      end
      assert.same({ "spf_typographic_sign", "spf_space_inside" }, codes("v=spf1 mx \226\128\147 all"))
    end)
  end)

  describe("finds in the version:", function()
    it("that the text is none of SPF", function()
      for _, text in ipairs {
        "", " ", "hello to all", "v=DMARC1; p=none", "v=DKIM1; k=rsa; p=MIGf", "google-site-verification=abc", "a mx", "v=STSv1; id=1",
      } do
        only("spf_not_a_record", text)
      end
    end)

    it("that it is missing, or another", function()
      only("spf_missing_version", "include:x.example ~all", "include:x.example")
      only("spf_missing_version", "ip4:192.0.2.1 -all")
      only("spf_missing_version", "include:x.example v=spf1 ~all")
      only("spf_missing_version", "mx -all")
      for found, text in pairs {
        ["v=spf10"] = "v=spf10 mx -all", ["v=spf2"] = "v=spf2 mx -all", ["v=spf"] = "v=spf mx -all", ["spf1"] = "spf1 mx -all",
        ["v = spf1"] = "v = spf1 mx -all", ["v=spf1:"] = "v=spf1:mx -all", ["v=spf1."] = "v=spf1. mx -all", ["v=sfp1"] = "v=sfp1 mx -all",
        ["SPF"] = "SPF v=spf1 mx -all", ["v:spf1"] = "v:spf1 mx -all",
      } do
        only("spf_wrong_version", text, found)
      end
      only("spf_sender_id", "spf2.0/pra,mfrom include:x.example -all")
      only("spf_sender_id", "v=spf2.0/pra mx -all")
      only("spf_wrong_version", "v=spf1=mx -all", "v=spf1=")
      only("spf_wrong_version", "v=spf1_include:x.example -all", "v=spf1_")
      only("spf_leading_space", " v=spf1 mx -all")
      for found, text in pairs {
        ["TXT:"] = "TXT: v=spf1 mx -all", ["example.com"] = "example.com v=spf1 mx -all", ["spf="] = "spf=v=spf1 mx -all",
        ["Name: @ Value:"] = "Name: @ Value: v=spf1 mx -all", ["site-verification=abc"] = "site-verification=abc v=spf1 mx -all",
      } do
        only("spf_leading_text", text, found)
      end
    end)

    it("that it stands there twice", function()
      only("spf_version_twice", "v=spf1 mx v=spf1 include:x.example ~all", "v=spf1")
      assert.same({ "spf_version_twice", "spf_two_all" }, codes("v=spf1 mx ~all v=spf1 ~all"))
      only("spf_records_joined", "v=spf1 mx ~all v=spf1 include:x.example include:y.example -all", "include:x.example")
      only("spf_other_record", "v=spf1 mx ~all v=DMARC1; p=none; rua=mailto:a@x.example", "v=DMARC1")
    end)
  end)

  describe("finds between the terms:", function()
    it("commas, semicolons and tabs", function()
      only("spf_comma", "v=spf1 mx, include:x.example, -all", ",")
      only("spf_comma", "v=spf1 mx,include:x.example,ip4:192.0.2.1,-all")
      only("spf_comma", "v=spf1; mx; -all;", ";")
      only("spf_comma", "v=spf1 mx -all;")
      only("spf_comma", "v=spf1 mx -all ;")
      only("spf_tab", "v=spf1\tmx\t-all")
      only("spf_tab", "v=spf1 mx -all\t")
      assert.same({ "spf_comma", "spf_bare_address" }, codes("v=spf1 ip4:192.0.2.1,192.0.2.2 -all"))
      assert.same({ "spf_comma", "spf_bare_domain" }, codes("v=spf1 include:x.example,y.example -all"))
      assert.same({}, codes("v=spf1 exists:%{l,}.x.example exists:%{l,-}.x.example -all"))
    end)

    it("missing spaces", function()
      only("spf_missing_space", "v=spf1 include:_spf.x.example~all", "~all")
      only("spf_missing_space", "v=spf1 include:x.example-all", "-all")
      only("spf_missing_space", "v=spf1 mx-all", "-all")
      only("spf_missing_space", "v=spf1-all", "-all")
      only("spf_missing_space", "v=spf1mx -all", "mx")
      term("spf_missing_space", "include:a.exampleinclude:b.example", "include:b.example")
      term("spf_missing_space", "ip4:192.0.2.1ip4:192.0.2.2", "ip4:192.0.2.2")
      term("spf_missing_space", "ip4:192.0.2.1+ip6:2001:db8::1", "+ip6:2001:db8::1")
      term("spf_missing_space", "ip4:192.0.2.1a:x.example", "a:x.example")
      term("spf_missing_space", "a:x.exampleexists:y.example", "exists:y.example")
      term("spf_missing_space", "+a+mx", "+mx")
      for _, sign in ipairs { "&", "|", "/" } do
        term("spf_missing_space", "include:x.example" .. sign .. "include:y.example", "include:y.example")
      end
      only("spf_missing_space", "v=spf1 ip4:192.0.2.0/24:-all", "-all")
      assert.same({ "spf_missing_space", "spf_missing_space" }, codes("v=spf1 include:a.exampleinclude:b.example-all"))
      assert.same({}, codes("v=spf1 ip6:2001:db8:1a:2::1 -all"))
    end)

    it("spaces that should not be there", function()
      term("spf_space_inside", "include: x.example")
      term("spf_space_inside", "include :x.example")
      term("spf_space_inside", "include : x.example")
      term("spf_space_inside", "ip4: 198.51.100.1")
      term("spf_space_inside", "ip4:198.51.100.0 /24")
      term("spf_space_inside", "ip4:198.51.100.0/ 24")
      only("spf_space_inside", "v=spf1 mx - all", "- all")
      only("spf_space_inside", "v=spf1 mx ~\tall") -- the tab with it
      only("spf_space_inside", "v=spf1 mx redirect = x.example", "redirect = x.example")
    end)

    it("strings joined without a space", function()
      only("spf_strings_joined", { "v=spf1 include:a.example", "include:b.example -all" }, "include:b.example")
      only("spf_strings_joined", { "v=spf1 mx", "-all" }, "-all")
      only("spf_strings_joined", { "v=spf1", "mx -all" }, "mx")
      only("spf_strings_joined", { "v=spf1 a", "mx -all" }, "mx")
      only("spf_strings_joined", { "v=spf1 ip4:192.0.2.1", "", "ip4:192.0.2.2", " -all" }, "ip4:192.0.2.2")
      only("spf_missing_space", { "v=spf1 ip4:192.0.2.1i", "p4:192.0.2.2 -all" })
    end)
  end)

  describe("finds in a term:", function()
    it("names that SPF does not have, told by what was meant", function()
      term("spf_ip_name", "ip:192.0.2.1")
      term("spf_ip_name", "ipv4:192.0.2.1")
      term("spf_ip_name", "IPv6:2001:db8::1")
      term("spf_bare_address", "192.0.2.1")
      term("spf_bare_address", "192.0.2.0/24")
      term("spf_bare_address", "2001:db8::1")
      term("spf_bare_domain", "mail.example.com")
      term("spf_unknown_mechanism", "includes:x.example")
      term("spf_unknown_mechanism", "and")
      term("spf_unknown_mechanism", "https://x.example")
      only("spf_unknown_mechanism", "v=spf1 mx -all.", "-all.")
      only("spf_unknown_mechanism", "v=spf1 mx --all")
      only("spf_unknown_mechanism", "v=spf1 mx !all")
    end)

    it("no sign between the name and what follows", function()
      for _, text in ipairs {
        "include x.example", "+include x.example", "include;x.example", "ip4 192.0.2.1", "ip4 192.0.2.0/24", "ip4,192.0.2.1",
        "ip6 2001:db8::1", "exists %{i}.x.example", "ip4.192.0.2.1", "ip4-192.0.2.1", "ip4192.0.2.1", "include_spf.x.example",
        "include.spf.x.example",
      } do
        term("spf_missing_colon", text)
      end
      only("spf_missing_colon", "v=spf1 redirect x.example", "redirect x.example")
      assert.same({ "spf_missing_colon", "spf_ip_name" }, codes("v=spf1 ip 192.0.2.1 -all"))
      assert.same({ "spf_missing_domain", "spf_unknown_mechanism" }, codes("v=spf1 include and mx -all"))
      only("spf_missing_domain", "v=spf1 mx redirect", "redirect")
    end)

    it("one name too many", function()
      for _, text in ipairs {
        "include:include:x.example", "include:ip4:192.0.2.1", "a:mx:x.example", "ip4:ip4:192.0.2.1", "ip4:a:x.example",
        "ip6:ip6:2001:db8::1",
      } do
        term("spf_name_twice", text)
      end
      term("spf_bad_address", "ip6:a:::1")
    end)

    it("signs in the wrong place", function()
      term("spf_equals_for_colon", "include=x.example")
      term("spf_equals_for_colon", "+include=x.example")
      term("spf_equals_for_colon", "ip4=192.0.2.1")
      term("spf_equals_for_colon", "ip=192.0.2.1")
      only("spf_colon_for_equals", "v=spf1 redirect:x.example", "redirect:x.example")
      term("spf_colon_for_equals", "exp:x.example")
      term("spf_bad_modifier", "1up=x")
      only("spf_bad_modifier", "v=spf1 mx +redirect=x.example")
      term("spf_qualified_sender", "~include:x.example")
      term("spf_qualified_sender", "-a")
      term("spf_qualified_sender", "?mx:x.example")
    end)

    it("modifiers unknown and doubled", function()
      term("spf_unknown_modifier", "default=pass")
      term("spf_modifier_twice", "exp=x.example exp=y.example", "exp=y.example")
      only("spf_modifier_twice", "v=spf1 redirect=x.example redirect=x.example")
    end)

    it("what is missing or too much behind the name", function()
      term("spf_missing_domain", "include")
      term("spf_missing_domain", "exists:")
      only("spf_missing_domain", "v=spf1 include: ~all", "include:")
      only("spf_missing_domain", "v=spf1 mx redirect=", "redirect=")
      term("spf_missing_address", "ip4:")
      term("spf_missing_address", "ip6")
      term("spf_nothing_allowed", "include:x.example/24")
      term("spf_nothing_allowed", "exists:x.example/24")
      assert.same({ "spf_nothing_allowed", "spf_two_all" }, codes("v=spf1 mx all/8 -all"))
      term("spf_nothing_allowed", "include/24")
    end)

    it("names that are none", function()
      term("spf_address_as_domain", "a:192.0.2.1")
      term("spf_address_as_domain", "mx:192.0.2.0/24")
      term("spf_address_as_domain", "include:192.0.2.0/24")
      term("spf_address_as_domain", "a:2001:db8::1")
      term("spf_bad_domain", "include:localhost")
      term("spf_bad_domain", "a:x.123")
      assert.same({ "spf_bad_domain", "spf_unknown_mechanism" }, codes("v=spf1 mx -all exp=Your mistake"))
      term("spf_odd_name", "a:mail.example.com:587")
      term("spf_odd_name", "include:https://x.example")
      term("spf_odd_name", "include:user@x.example")
      term("spf_odd_name", "include:x.example/path")
      term("spf_odd_name", "include:x.example/")
      term("spf_odd_name", "include:http://x.example/")
      term("spf_odd_name", "a:http://x.example/")
      term("spf_odd_name", "a:*.x.example")
      term("spf_odd_name", "a:x..example")
      term("spf_odd_name", "a:" .. ("x"):rep(64) .. ".example")
      term("spf_odd_name", "a:" .. ("x."):rep(125) .. "example")
      term("spf_odd_name", "a:.example")
      term("spf_trailing_dot", "include:x.example.")
      term("spf_bad_character", "include:b\195\188cher.example")
      for _, text in ipairs {
        "include:$domain", "include:yourdomain", "ip4:your.server.ip", "ip4:YOUR_IP", "ip4:xxx.xxx.xxx.xxx",
        "include:<x.example>", "a:<host>.example", "include:{domain}", "ip4:[your-ip]", "[include:x.example]", "<ip>",
      } do
        term("spf_placeholder", text)
      end
    end)

    it("addresses that are none, or of the other family", function()
      term("spf_ip6_in_ip4", "ip4:2001:db8::/32")
      term("spf_ip4_in_ip6", "ip6:192.0.2.1")
      term("spf_name_as_address", "ip4:mail.example.com")
      term("spf_address_range", "ip4:192.0.2.1-192.0.2.9")
      term("spf_address_range", "ip4:192.0.2.1-9")
      for _, text in ipairs {
        "ip4:192.0.2", "ip4:192.0.2.*", "ip4:192.0.2.1:25", "ip4:192.0.2.300", "ip4:[192.0.2.1]", "ip6:[2001:db8::1]", "ip6:2001:db8",
      } do
        term("spf_bad_address", text)
      end
    end)

    it("sizes of networks that are none, or too large", function()
      term("spf_bad_prefix", "ip4:192.0.2.0/33")
      term("spf_bad_prefix", "ip4:192.0.2.0/")
      term("spf_bad_prefix", "ip6:2001:db8::/129")
      term("spf_bad_prefix", "a/33")
      term("spf_bad_prefix", "mx:x.example/64")
      term("spf_netmask", "ip4:192.0.2.0/255.255.255.0")
      term("spf_wide_network", "ip4:128.0.0.0/1")
      term("spf_wide_network", "ip6:2000::/3")
      term("spf_wide_network", "a/7")
      term("spf_whole_internet", "ip4:0.0.0.0/0")
      term("spf_whole_internet", "ip6:::/0")
      term("spf_whole_internet", "mx:x.example/0")
      for _, text in ipairs { "-ip4:0.0.0.0/0", "?ip6:2000::/3", "~mx:x.example/0" } do
        term("spf_qualified_sender", text) -- which authorises nobody
      end
      term("spf_host_bits", "ip4:192.0.2.1/24")
      term("spf_host_bits", "ip6:2001:db8::1/64")
    end)

    it("addresses that no receiver sees", function()
      for _, address in ipairs { "10.1.2.3", "127.0.0.1", "172.16.0.0/12", "192.168.1.1", "169.254.0.1" } do
        term("spf_private_address", "ip4:" .. address)
      end
      for _, address in ipairs { "fe80::1", "fc00::/7", "::1", "::" } do
        term("spf_private_address", "ip6:" .. address)
      end
      term("spf_mapped_address", "ip6:::ffff:192.0.2.1")
      assert.same({}, codes("v=spf1 ip4:172.32.0.1 ip4:192.169.0.1 ip6:::2 ip6:fec0::1 -all"))
    end)

    it("macros", function()
      term("spf_bad_macro", "exists:%(i).x.example")
      term("spf_bad_macro", "include:%domain%")
      term("spf_explanation_macro", "exp=%{r}.x.example")
      term("spf_macro_p", "exists:%{p}.x.example")
    end)

    it("that it is not to be used, doubled, or in upper case", function()
      term("spf_ptr", "ptr")
      term("spf_ptr", "ptr:x.example")
      term("spf_duplicate_term", "include:x.example include:X.example include:x.example", "include:X.example")
      term("spf_uppercase", "Include:x.example")
      only("spf_uppercase", "V=SPF1 MX -ALL", "V=SPF1")
    end)
  end)

  describe("finds of the whole:", function()
    it("what is wrong with its end", function()
      only("spf_no_all", "v=spf1")
      only("spf_no_all", "v=spf1 mx")
      assert.same({ "spf_unknown_mechanism", "spf_unknown_mechanism" }, codes("v=spf1 mx -all // servers"))
      for _, text in ipairs { "-al", "*all", "_all", "-", "softfail", "(all)" } do
        only("spf_unknown_mechanism", "v=spf1 mx " .. text, text) -- and not that the end is missing
      end
      only("spf_bad_character", "v=spf1 mx ~\208\176ll")
      assert.same({ "spf_bare_domain", "spf_no_all" }, codes("v=spf1 mx x.example"))
      only("spf_plus_all", "v=spf1 mx +all", "+all")
      only("spf_plus_all", "v=spf1 mx all", "all")
      only("spf_neutral_all", "v=spf1 mx ?all")
      only("spf_two_all", "v=spf1 mx ~all -all", "-all")
      only("spf_after_all", "v=spf1 mx -all a include:x.example", "a")
      only("spf_redirect_with_all", "v=spf1 redirect=x.example ~all", "redirect=x.example")
      only("spf_redirect_with_all", "v=spf1 mx -all redirect=x.example")
      only("spf_redirect_not_last", "v=spf1 redirect=x.example mx", "redirect=x.example")
      assert.same({}, codes("v=spf1 mx -all exp=x.example"))
      assert.same({}, codes("v=spf1 mx redirect=x.example exp=x.example"))
    end)

    it("more look-ups than receivers make", function()
      local text = "v=spf1"
      for i = 1, 10 do
        text = text .. " a:" .. i .. ".example"
      end
      assert.same({}, codes(text .. " -all"))
      assert.equal("11", only("spf_record_too_many_lookups", text .. " mx -all").found)
    end)

    it("its length", function()
      local text = "v=spf1 mx"
      for i = 100, 121 do
        text = text .. (" ip4:198.51.100.%d"):format(i)
      end
      assert.equal(427, #text)
      assert.same({}, codes(text .. (" "):rep(18) .. " -all"))
      assert.equal("451", only("spf_long", text .. (" "):rep(19) .. " -all").found)
      assert.equal("65544", only("spf_too_long", "v=spf1 x=" .. ("y"):rep(65535)).found)
      local found = codes("v=spf1 " .. ("exp "):rep(2001))
      assert.same({ "spf_long", "spf_too_many_terms" }, { found[1], found[2] })
    end)

    it("that a DNS host cut it at 255 octets", function()
      local text = "v=spf1 a:" .. (("x"):rep(60) .. "."):rep(3) .. "example"
      local function cut(rest)
        return (text .. rest):sub(1, 255)
      end
      only("spf_cut_at_255", cut(" mx:" .. ("v"):rep(58) .. ".example ~all"), "mx:" .. ("v"):rep(52))
      only("spf_cut_at_255", cut((" "):rep(50) .. "include:x.example.net ~all"))
      only("spf_cut_at_255", { "v=spf1 mx ", ("a:" .. (("x"):rep(60) .. "."):rep(3) .. "example "):rep(2):sub(1, 255) })
      assert.same({}, codes(text .. (" "):rep(255 - #text - 5) .. " -all"))
      assert.same({ "spf_no_all" }, codes(cut("")))
    end)
  end)

  it("takes time linear in the text's size, whatever stands there", function()
    for _, piece in ipairs {
      "a ", ",", ",x", "include: ", "x-all", "ip4:1a:", "mx\t", "%{", "- ", "a=:", "{", ":", "v=spf1", " =", "\226\128\147 ",
      "ip4:10.0.0.1 ", "include ", "include;", "+a", ",a.b", "x&", "v=spf1 v=x ",
    } do
      assert.is_true(linear(function(size)
        record.lint("spf", "v=spf1 " .. piece:rep(math.floor(size / #piece)))
      end, 16000), piece)
      assert.is_true(linear(function(size)
        local strings = {}
        for i = 1, size / #piece do
          strings[i] = piece
        end
        record.lint("spf", strings)
      end, 16000), piece)
    end
  end)

  it("finds no more than a hundred faults, and of all an error where there is one", function()
    local findings, parsed = record.lint("spf", "v=spf1 " .. ("-a:x.example. "):rep(500) .. "moo -all")
    assert.is_nil(parsed)
    assert.is_true(#findings <= 100)
    local errors = 0
    for _, finding in ipairs(findings) do
      errors = errors + (finding.code == "spf_unknown_mechanism" and 1 or 0)
    end
    assert.equal(1, errors)
  end)

  it("explains what the strict reader says of the syntax by the same codes", function()
    for _, text in ipairs {
      "v=spf1 moo", "v=spf1 1=2", "v=spf1 exp=a.b exp=a.b", "v=spf1 all:x", "v=spf1 include:", "v=spf1 a:b", "v=spf1 ip4:", "v=spf1 ip4:1",
      "v=spf1 a/99", "v=spf1 a:%x", "v=spf1 a:%{t}", "v=spf1 \255", "", "v=spf1 " .. ("a "):rep(2001), "v=spf1 " .. ("a"):rep(65536),
    } do
      local _, _, _, closer = record.parse("spf", text)
      assert.is_table(record.explain(closer), closer)
    end
  end)

  it("meets everything in its section of the catalogue", function()
    for _, code in ipairs(catalogue.codes("^spf")) do
      assert.is_true(seen[code], code)
    end
  end)
end)
