-- SPF's macros: the examples of RFC 7208 §7.4, and the rules before them.
local spf = require "mailseal.record.spf"

local function values(changes)
  local v = {
    sender = "strong-bad@email.example.com", domain = "email.example.com", ip = "192.0.2.3", helo = "mx.example.org", now = 1700000000,
  }
  for name, value in pairs(changes or {}) do
    v[name] = value
  end
  return v
end

local function name(text, changes)
  return assert(spf.expand(text, values(changes)))
end

local function explanation(text, changes)
  return assert(spf.expand(text, values(changes), true))
end

-- The code of the refusal.
local function refusal(text, changes, for_explanation)
  local expanded, message, code = spf.expand(text, values(changes), for_explanation)
  assert.is_nil(expanded)
  assert.matches("^%l.*[^.]$", message)
  return code
end

describe("the macros of SPF", function()
  it("come to what the RFC's examples say", function()
    for text, expected in pairs {
      ["%{s}"] = "strong-bad@email.example.com", ["%{o}"] = "email.example.com", ["%{d}"] = "email.example.com",
      ["%{d4}"] = "email.example.com", ["%{d3}"] = "email.example.com", ["%{d2}"] = "example.com", ["%{d1}"] = "com",
      ["%{dr}"] = "com.example.email", ["%{d2r}"] = "example.email", ["%{l}"] = "strong-bad", ["%{l-}"] = "strong.bad",
      ["%{lr}"] = "strong-bad", ["%{lr-}"] = "bad.strong", ["%{l1r-}"] = "strong",
    } do
      assert.equal(expected, explanation(text), text)
    end
    for text, expected in pairs {
      ["%{ir}.%{v}._spf.%{d2}"] = "3.2.0.192.in-addr._spf.example.com", ["%{lr-}.lp._spf.%{d2}"] = "bad.strong.lp._spf.example.com",
      ["%{lr-}.lp.%{ir}.%{v}._spf.%{d2}"] = "bad.strong.lp.3.2.0.192.in-addr._spf.example.com",
      ["%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}"] = "3.2.0.192.in-addr.strong.lp._spf.example.com",
      ["%{d2}.trusted-domains.example.net"] = "example.com.trusted-domains.example.net",
    } do
      assert.equal(expected, name(text), text)
    end
    assert.equal("1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com",
      name("%{ir}.%{v}._spf.%{d2}", { ip = "2001:db8::cb01" }):lower())
  end)

  it("stand for the connection and the moment", function()
    assert.equal("192.0.2.3 192.0.2.3 in-addr mx.example.org unknown unknown 1700000000", explanation("%{c} %{i} %{v} %{h} %{p} %{r} %{t}"))
    assert.equal("2001:db8::1 ip6 m.example mx.example 1",
      explanation("%{c} %{v} %{p} %{r} %{t}", { ip = "2001:DB8::1", validated = "m.example", receiver = "mx.example", now = 1 }))
    assert.equal("192.0.2.3 in-addr", explanation("%{i} %{v}", { ip = "::ffff:192.0.2.3" }))
  end)

  it("stand for a sender given whole or in halves, and one without a local part", function()
    assert.equal("postmaster@x.example", explanation("%{s}", { sender = "@x.example" }))
    assert.equal("postmaster x.example", explanation("%{l} %{o}", { sender = "x.example" }))
    assert.equal("a@b@c.example b", explanation("%{s} b", { sender = "a@b@c.example" }))
    assert.equal("a@c.example", explanation("%{s}", { sender = false, local_part = "a", sender_domain = "c.example" }))
  end)

  it("are taken apart at any of their delimiters, empty parts among them", function()
    assert.equal("d.c.b.a", explanation("%{lr.-+,/_=}", { sender = "a-b+c=d@x.example" }))
    assert.equal("b.", explanation("%{l2-}", { sender = "a-b-@x.example" }))
    assert.equal(".a", explanation("%{l2r-}", { sender = "a--b@x.example" }))
    assert.equal(".", explanation("%{lr-}", { sender = "-@x.example" }))
    assert.equal("a-b", explanation("%{l9}", { sender = "a-b@x.example" }))
    assert.equal("a.b", explanation("%{l99999999999999999999-}", { sender = "a-b@x.example" }))
  end)

  it("are URL-escaped where their letter is in upper case", function()
    assert.equal("http://example.com/why.html?l=~jack%26jill%3Dup-a_b3.c",
      explanation("http://example.com/why.html?l=%{L}", { sender = "~jack&jill=up-a_b3.c@x.example" }))
    assert.equal("B%C3%BCcher", explanation("%{L}", { sender = "B\195\188cher@x.example" }))
    assert.equal("a.b%40", explanation("%{L-}", { sender = "a-b@@x.example" }))
  end)

  it("have escapes for a percent sign and for spaces", function()
    assert.equal("100% of %20", explanation("100%% of%_%-"))
    assert.equal("macro%percent\\032\\032space%20url-space.example.com", name("macro%%percent%_%_space%-url-space.example.com"))
  end)

  it("come to names that say each octet by itself", function()
    assert.equal("a\\092\\064b.x.example", name("%{l}.x.example", { sender = "a\\@b@x.example" }))
    assert.equal("\\000\\010\\127.x.example", name("%{l}.x.example", { sender = "\0\n\127@x.example" }))
    assert.equal("x.example", name("x.example."))
  end)

  it("come to names of 253 octets, which lose labels at the left", function()
    local long = ("a."):rep(126) .. "b"
    assert.equal(253, #long)
    assert.equal(long, name("%{d}", { domain = long }))
    assert.equal(long:sub(3) .. ".c", name("%{d}.c.", { domain = long }))
    local many = name(("%{d}."):rep(2000) .. "com", { domain = "abcdefg.example" })
    assert.equal(("abcdefg.example."):rep(15) .. "com", many:sub(-243))
    assert.equal("example.", many:sub(1, -244))
  end)

  it("come to no name where a label is empty or too long", function()
    assert.equal("macro_bad_name", refusal("%{h}.example", { helo = "" }))
    assert.equal("macro_bad_name", refusal("a..example"))
    assert.equal("macro_bad_name", refusal("%{h}.bar", { helo = ("a"):rep(64) }))
    assert.equal(("a"):rep(63) .. ".bar", name("%{h}.bar", { helo = ("a"):rep(63) }))
    assert.equal("macro_bad_name", refusal("%{h}", { helo = ("a"):rep(5000) }))
    assert.equal("bar", name("%{h}.bar", { helo = ("a"):rep(5000) })) -- it goes at the left
    assert.equal("macro_bad_name", refusal("%{h}", { helo = "." }))
  end)

  it("match nothing where the local part is not ASCII, in whatever form", function()
    for _, letter in ipairs { "l", "s", "L", "S" } do
      assert.equal("macro_not_ascii", refusal("%{" .. letter .. "}.example", { sender = "J\195\188rgen@x.example" }))
    end
    assert.equal("x.example", name("%{o}", { sender = "J\195\188rgen@x.example" }))
    assert.equal("macro_not_ascii", refusal("%{o}", { sender = "a@b\195\188cher.example" }))
    assert.equal("macro_not_ascii", refusal("%{l}", { sender = "J\195\188rgen@x.example" }, true))
  end)

  it("are refused where they are none, or none for a name", function()
    assert.equal("spf_bad_macro", refusal("%{x}.example"))
    assert.equal("spf_bad_macro", refusal("100%", nil, true))
    assert.equal("spf_explanation_macro", refusal("%{r}.example"))
    assert.equal("spf_bad_domain", refusal("museum"))
    assert.equal("spf_bad_character", refusal("a b.example"))
    assert.equal("spf_bad_character", refusal("caf\195\169", nil, true))
    assert.equal("spf_bad_character", refusal("a\nb", nil, true))
  end)

  it("come to no explanation that holds control characters or has no end", function()
    assert.equal("macro_control", refusal("%{l}", { sender = "a\r\n250 ok@x.example" }, true))
    assert.equal("macro_too_long", refusal(("x"):rep(2049), nil, true))
    assert.equal("macro_too_long", refusal(("%{s}"):rep(10000), nil, true))
    assert.equal(2048, #explanation(("x"):rep(2048)))
    assert.equal("", explanation(""))
  end)

  it("need an address", function()
    assert.equal("bad_address", refusal("%{i}.example", { ip = "mail.example" }))
    assert.equal("bad_address", refusal("%{i}.example", { ip = "1.2.3.4\0" }))
  end)

  it("can be listed, so that only what is asked for is looked up", function()
    assert.equal("dir", spf.macros("%{ir}.%{I}.%{r}.%{d2}", true))
    assert.equal("", spf.macros("x.example"))
    assert.equal("p", spf.macros("%{P}"))
    local letters, message, code = spf.macros("%{t}.example")
    assert.same({ nil, "a macro is used that only explanations may use", "spf_explanation_macro" }, { letters, message, code })
  end)
end)
