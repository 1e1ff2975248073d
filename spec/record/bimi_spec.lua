local findings = require "spec.support.findings"
local record = require "mailseal.record"

local GOOD = "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/mark.pem"

local bimi = findings.of("bimi")

describe("a BIMI record", function()
  describe("is read", function()
    it("as it should be", function()
      assert.same({
        version = "BIMI1", location = "https://example.com/logo.svg", evidence = "https://example.com/mark.pem",
        declined = false, avatar = "brand", others = {},
      }, bimi:usable({}, GOOD))
    end)

    it("with everything that the draft knows, and what it does not", function()
      local read = bimi:usable({ "tag_unknown" }, GOOD .. " ; avp=personal; lps=news- , Billing; x=1 ;")
      assert.equal("personal", read.avatar)
      assert.same({ "news-", "Billing" }, read.local_parts)
      assert.same({ { name = "x", value = "1" } }, read.others)
    end)

    it("with its tags in any order behind the version, and the strings of DNS joined", function()
      local read = bimi:usable({}, { "v=BIMI1; a=https://example.com/", "mark.pem; l=https://example.com:8443/logo.SVGZ?v=2" })
      assert.equal("https://example.com/mark.pem", read.evidence)
      assert.equal("https://example.com:8443/logo.SVGZ?v=2", read.location)
    end)

    it("with an lps= that is empty, which means all local parts", function()
      assert.same({}, bimi:usable({}, GOOD .. "; lps=").local_parts)
      assert.is_nil(bimi:usable({}, GOOD).local_parts)
    end)

    it("as a refusal where l= and a= are empty", function()
      for _, text in ipairs { "v=BIMI1; l=; a=;", "v=BIMI1; l=", "v=BIMI1;a=;l=" } do
        local read = bimi:usable({ "bimi_declined" }, text)
        assert.is_true(read.declined)
        assert.equal("", read.location)
      end
    end)
  end)

  describe("is refused", function()
    it("where it is none", function()
      for _, text in ipairs { "", "v=spf1 -all", "v=DMARC1; p=none; l=x", "hello world", "a=https://example.com/" } do
        bimi:only("bimi_not_a_record", text)
        bimi:refused("bimi_not_a_record", text)
      end
    end)

    it("where it does not begin with its version, in exactly these letters", function()
      assert.equal("v=bimi1", bimi:refused("bimi_bad_version", (GOOD:gsub("BIMI1", "bimi1"))).found)
      bimi:refused("bimi_bad_version", (GOOD:gsub("BIMI1", "BIMI2")))
      assert.equal("l=https://example.com/logo.svg", bimi:refused("bimi_bad_version", (GOOD:gsub("^v=BIMI1; ", ""))).found)
      bimi:refused("bimi_bad_version", "l=https://example.com/logo.svg; v=BIMI1; a=https://example.com/mark.pem")
    end)

    it("where it names no logo", function()
      bimi:only("bimi_missing_l", "v=BIMI1; a=https://example.com/mark.pem")
      bimi:only("bimi_missing_l", "v=BIMI1")
    end)

    it("where an address is not https", function()
      assert.equal("l=http://example.com/logo.svg", bimi:only("bimi_not_https", (GOOD:gsub("https", "http", 1))).found)
      bimi:only("bimi_not_https", (GOOD:gsub("a=https", "a=ftp")))
    end)

    it("where an address is none, or not one", function()
      for _, address in ipairs {
        "logo.svg", "https:///logo.svg", "https://localhost/logo.svg", "https://192.0.2.1/logo.svg", "https://[2001:db8::1]/logo.svg",
        "https://example.com/a.svg,https://example.com/b.svg", "https://example.com/my logo.svg", "https://user@example.com/logo.svg",
        "https://exa_mple..com/logo.svg", "https://example.com/%zz.svg", "https://example.com:port/logo.svg", "https:logo.svg",
      } do
        bimi:only("bimi_bad_uri", "v=BIMI1; l=" .. address .. "; a=https://example.com/mark.pem")
      end
      bimi:only("tag_not_ascii", "v=BIMI1; l=https://bücher.example/logo.svg; a=https://example.com/mark.pem")
    end)

    it("where the logo's address ends like an image of another format", function()
      assert.equal("error", bimi:only("bimi_not_svg", (GOOD:gsub("svg", "png"))).severity)
      bimi:only("bimi_not_svg", (GOOD:gsub("svg", "JPG?x=.svg")))
    end)

    it("for the slips that any list of tags has", function()
      bimi:refused("tag_missing_semicolon", "v=BIMI1 l=https://example.com/logo.svg")
      bimi:refused("tag_missing_semicolon", "v=BIMI1; l=https://example.com/logo.svg, a=https://example.com/mark.pem")
      bimi:refused("tag_duplicate", GOOD .. "; l=")
      bimi:refused("tag_case", (GOOD:gsub("l=", "L=")))
      bimi:refused("tag_empty", (GOOD:gsub("; ", ";; ")))
      bimi:refused("tag_no_equals", GOOD .. "; avp personal")
      bimi:refused("tag_bad_name", GOOD .. "; 9=x")
      bimi:refused("tag_not_ascii", "v=BIMI1; l=https://b\195\188cher.example/logo.svg; a=https://example.com/mark.pem")
      bimi:refused("pasted_quotes", '"' .. GOOD .. '"')
      assert.same({ "tag_space_around_equals" }, bimi:codes((GOOD:gsub("l=", "l = "))))
    end)
  end)

  describe("can be used although", function()
    it("the logo's address ends like no image", function()
      bimi:usable({ "bimi_not_svg" }, "v=BIMI1; l=https://example.com/logo?id=7; a=https://example.com/mark.pem")
    end)

    it("there is no certificate", function()
      bimi:usable({ "bimi_no_certificate" }, "v=BIMI1; l=https://example.com/logo.svg; a=")
    end)

    it("there is a certificate but no logo", function()
      bimi:usable({ "bimi_empty_l" }, "v=BIMI1; l=; a=https://example.com/mark.pem")
    end)

    it("avp= and lps= hold something else, which receivers pass over", function()
      assert.equal("brand", bimi:usable({ "bimi_bad_avp" }, GOOD .. "; avp=Personal").avatar)
      for _, list in ipairs { "a,,b", "a,", ",", "jane.doe", "a b", ("x"):rep(64) } do
        assert.is_nil(bimi:usable({ "bimi_bad_lps" }, GOOD .. "; lps=" .. list).local_parts)
      end
    end)
  end)

  describe("is written", function()
    it("so that it reads back", function()
      for _, text in ipairs {
        GOOD, GOOD .. "; avp=personal; lps=a,b; x=1; y=2", "v=BIMI1; l=; a=", "v=BIMI1; l=https://example.com/logo.svg", GOOD .. "; lps=",
      } do
        assert.equal(text, record.write("bimi", record.parse("bimi", text)))
      end
    end)

    it("with commas and semicolons in an address encoded", function()
      assert.equal("v=BIMI1; l=https://example.com/a%2Cb%3B.svg", record.write("bimi", { location = "https://example.com/a,b;.svg" }))
    end)

    it("not where receivers would pass it over, or read something else", function()
      assert.equal("bimi_not_https", select(3, record.write("bimi", { location = "http://example.com/a.svg" })))
      assert.equal("bimi_bad_avp", select(3, record.write("bimi", { location = "", evidence = "", avatar = "mine" })))
      assert.equal("bimi_bad_lps", select(3, record.write("bimi", { location = "https://example.com/a.svg", local_parts = { "a b" } })))
      for _, other in ipairs {
        { name = "x", value = "1; l=" }, { name = "x=1; y", value = "1" }, { name = "x", value = "\n" }, { name = "x" },
        { name = "x", value = 1 }, "x=1",
      } do
        assert.equal("bad_value", select(3, record.write("bimi", { location = "https://example.com/a.svg", others = { other } })))
      end
      for _, wrong in ipairs {
        { location = 5 }, { location = {} }, { location = "", local_parts = { 5 } }, { location = "", others = "x" },
      } do
        assert.equal("bad_value", select(3, record.write("bimi", wrong)))
      end
    end)
  end)

  it("has its causes and cures in the catalogue, of which every one is found above", function()
    bimi:saw_all("bimi_", "^bimi$")
  end)
end)
