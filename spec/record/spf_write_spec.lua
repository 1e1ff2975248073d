-- SPF records written, and changed without touching what is not meant.
local record = require "mailseal.record"
local spf = require "mailseal.record.spf"

local function refused(code, message, general, closer)
  assert.is_string(message)
  assert.same({ "spf_syntax", code }, { general, closer })
end

-- What a call that fails returns, without its nil.
local function failure(written, message, code, closer, piece)
  assert.is_nil(written)
  return message, code, closer, piece
end

describe("an SPF record", function()
  describe("is written", function()
    it("from its terms, as text or as tables", function()
      assert.equal("v=spf1 include:_spf.example.net ip4:198.51.100.0/24 ip6:2001:db8::/32 a a/24 mx:x.example/28//64 -ptr foo=bar ~all",
        record.write("spf", {
          terms = {
            { name = "include", domain = "_spf.example.net" }, { name = "ip4", address = "198.51.100.0", prefix4 = 24 },
            { name = "ip6", address = "2001:db8::", prefix6 = 32 }, { name = "a" }, "a/24",
            { name = "mx", qualifier = "+", domain = "x.example", prefix4 = 28, prefix6 = 64 }, { name = "ptr", qualifier = "-" },
            { kind = "modifier", name = "foo", value = "bar" }, { name = "all", qualifier = "~" },
          },
        }))
    end)

    it("again as it was read, but for spaces, needless plus signs and upper case in names", function()
      for text, expected in pairs {
        ["v=spf1 -all"] = "v=spf1 -all",
        ["V=SPF1  +Include:X.example   ~ALL "] = "v=spf1 include:X.example ~all",
        ["v=spf1 a//64 mx:%{d}/24 ip4:192.0.2.1/32 ptr:x.example x.y=%{t} redirect=z.example exp=e.example"] =
          "v=spf1 a//64 mx:%{d}/24 ip4:192.0.2.1/32 ptr:x.example x.y=%{t} redirect=z.example exp=e.example",
      } do
        assert.equal(expected, record.write("spf", record.parse("spf", text)))
      end
    end)

    it("with what is said of it as a whole", function()
      assert.equal("v=spf1", spf.write {})
      assert.equal("v=spf1 mx -all exp=e.example", spf.write { terms = { "mx" }, all = "-", exp = "e.example" })
      assert.equal("v=spf1 mx redirect=x.example", spf.write { terms = { { name = "mx" } }, redirect = "x.example" })
      assert.equal("v=spf1 ~all", spf.write { terms = { "~all" }, all = "~" })
    end)

    it("not where a value would be more than one, or no term", function()
      refused("spf_space_inside", failure(spf.write { terms = { { name = "include", domain = "x.example +all" } } }))
      refused("spf_space_inside", failure(spf.write { terms = { "" } }))
      refused("spf_bad_domain", failure(spf.write { terms = { { name = "a", domain = "x" } } }))
      refused("spf_bad_address", failure(spf.write { terms = { { name = "ip4", address = "::1" } } }))
      refused("spf_bad_prefix", failure(spf.write { terms = { { name = "ip4", address = "192.0.2.0", prefix4 = 33 } } }))
      refused("spf_unknown_mechanism", failure(spf.write { all = "!" }))
      refused("spf_bad_domain", failure(spf.write { redirect = "x" }))
      refused("spf_modifier_twice", failure(spf.write { terms = { "exp=x.example", "exp=y.example" } }))
      assert.has_error(function() spf.write { terms = { {} } } end)
      assert.has_error(function() spf.write { terms = { 5 } } end)
    end)
  end)

  describe("is given an include", function()
    it("in front of its all", function()
      assert.equal("v=spf1 mx  a include:x.example ~all ", spf.add_include("v=spf1 mx  a ~all ", "x.example"))
      assert.equal("v=spf1 include:x.example -ALL exp=y.example", spf.add_include("v=spf1 -ALL exp=y.example", "x.example"))
    end)

    it("in front of the modifiers at its end, or at the end", function()
      assert.equal("v=spf1 mx include:x.example redirect=y.example", spf.add_include("v=spf1 mx redirect=y.example", "x.example"))
      assert.equal("v=spf1 redirect=y.example mx include:x.example", spf.add_include("v=spf1 redirect=y.example mx", "x.example"))
      assert.equal("v=spf1 include:x.example", spf.add_include("v=spf1", "x.example"))
      assert.equal("v=spf1 mx include:x.example", spf.add_include("v=spf1 mx ", "x.example"))
    end)

    it("never twice, however it is written", function()
      for _, text in ipairs { "v=spf1 include:x.example ~all", "v=spf1 Include:X.Example. ~all", "v=spf1 +include:x.example mx ~all" } do
        assert.equal(text, spf.add_include(text, "x.example"))
      end
    end)

    it("that counts: with another sign it loses that, and behind all it moves", function()
      assert.equal("v=spf1 include:x.example mx ~all", spf.add_include("v=spf1 ?include:X.example mx ~all", "x.example"))
      assert.equal("v=spf1 mx include:x.example ~all a", spf.add_include("v=spf1 mx ~all include:x.example a", "x.example"))
    end)

    it("and loses it again", function()
      assert.equal("v=spf1 mx ~all", spf.remove_include("v=spf1 mx include:x.example ~all", "x.example"))
      assert.equal("v=spf1  mx ~all", spf.remove_include("v=spf1 include:x.example  mx -include:X.example. ~all", "x.example"))
      assert.equal("v=spf1", spf.remove_include("v=spf1 include:x.example", "x.example"))
      assert.equal("v=spf1 include:y.example", spf.remove_include("v=spf1 include:y.example", "x.example"))
    end)

    it("also where it comes in several strings", function()
      assert.equal("v=spf1 mx include:x.example -all", spf.add_include({ "v=spf1 m", "x -all" }, "x.example"))
    end)
  end)

  it("is given other terms, and loses them", function()
    local text = assert(spf.add("v=spf1 mx ~all", "ip4:192.0.2.1"))
    assert.equal("v=spf1 mx ip4:192.0.2.1 ~all", text)
    assert.equal(text, spf.add(text, { name = "ip4", address = "192.0.2.1", prefix4 = 32 }))
    assert.equal("v=spf1 mx ip4:192.0.2.1 ip4:192.0.2.0/24 ~all", spf.add(text, "ip4:192.0.2.0/24"))
    assert.equal("v=spf1 mx ~all", spf.remove(text, "-ip4:192.0.2.1/32"))
    assert.equal("v=spf1 mx ip6:2001:DB8::1 ~all", spf.add("v=spf1 mx ip6:2001:DB8::1 ~all", "ip6:2001:db8::1"))
    assert.equal("v=spf1 exists:%{L}.x.example exists:%{l}.x.example ~all",
      spf.add("v=spf1 exists:%{L}.x.example ~all", "exists:%{l}.x.example"))
    assert.equal("v=spf1 mx ~all exp=e.example", spf.add("v=spf1 mx ~all", "exp=e.example"))
    assert.equal("v=spf1 exp=e.example mx ~all", spf.add("v=spf1 exp=f.example mx ~all", "exp=e.example"))
    assert.equal("v=spf1 redirect=y.example", spf.add("v=spf1 redirect=x.example", "redirect=y.example"))
    assert.equal("v=spf1 mx", spf.remove("v=spf1 mx redirect=y.example", "redirect=y.example"))
    assert.equal("v=spf1 mx", spf.remove("v=spf1 mx ~all -all", "all"))
  end)

  it("gets another all", function()
    assert.equal("v=spf1 mx -all", spf.set_all("v=spf1 mx ~all", "-"))
    assert.equal("v=spf1 mx -all exp=e.example", spf.set_all("v=spf1 mx ALL exp=e.example", "-"))
    assert.equal("v=spf1 mx ~all", spf.set_all("v=spf1 mx", "~"))
    assert.equal("v=spf1 mx ~all exp=e.example", spf.set_all("v=spf1 mx exp=e.example", "~"))
    assert.equal("v=spf1 mx ~all", spf.set_all("v=spf1 mx ~all", "~"))
    assert.has_error(function() spf.set_all("v=spf1 mx", "!") end)
  end)

  it("is not changed where it is none, or the change makes no sense", function()
    local message, code = failure(spf.add_include("v=DMARC1; p=none", "x.example"))
    assert.same({ "the text does not begin with v=spf1, and is no SPF record", "spf_not_a_record" }, { message, code })
    refused("spf_unknown_mechanism", failure(spf.add_include("v=spf1 moo", "x.example")))
    refused("spf_unknown_mechanism", failure(spf.remove_include("v=spf1 moo", "x.example")))
    refused("spf_bad_domain", failure(spf.add_include("v=spf1", "x")))
    refused("spf_bad_domain", failure(spf.remove_include("v=spf1", "x")))
    refused("spf_space_inside", failure(spf.add_include("v=spf1", "x.example -all")))
    assert.equal("spf_redirect_with_all", (select(2, failure(spf.set_all("v=spf1 redirect=x.example", "-")))))
    assert.equal("spf_redirect_with_all", (select(2, failure(spf.add("v=spf1 -all", "redirect=x.example")))))
    assert.has_error(function() spf.add(5, "mx") end)
    assert.has_error(function() spf.add("v=spf1", 5) end)
  end)
end)
