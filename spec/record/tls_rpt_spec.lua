local findings = require "spec.support.findings"
local record = require "mailseal.record"

local tls = findings.of("tls_rpt")

describe("a TLS reporting record", function()
  describe("is read", function()
    it("as the standard's examples have it", function()
      assert.same({ version = "TLSRPTv1", rua = { "mailto:reports@example.com" }, others = {} },
        tls:usable({}, "v=TLSRPTv1;rua=mailto:reports@example.com"))
      assert.same({ "https://reporting.example.com/v1/tlsrpt" },
        tls:usable({}, "v=TLSRPTv1; rua=https://reporting.example.com/v1/tlsrpt").rua)
    end)

    it("with several addresses, and fields that nobody knows", function()
      local read = tls:usable({ "tag_unknown" },
        "v=TLSRPTv1; ruf=x; rua=mailto:a@example.com , HTTPS://example.net:8443/x?y=z,mailto:b@example.com?subject=tls;")
      assert.same({ "mailto:a@example.com", "HTTPS://example.net:8443/x?y=z", "mailto:b@example.com?subject=tls" }, read.rua)
      assert.same({ { name = "ruf", value = "x" } }, read.others)
    end)

    it("without the addresses that no report can go to, where there is another", function()
      local text = "v=TLSRPTv1; rua=http://example.com/x,mailto:a@example.com"
      assert.same({ "mailto:a@example.com" }, tls:usable({ "tls_rpt_other_scheme" }, text).rua)
      assert.equal("warning", tls:only("tls_rpt_other_scheme", text).severity)
    end)

    it("with the first of two rua=", function()
      assert.same({ "mailto:a@example.com" },
        tls:usable({ "tag_duplicate" }, "v=TLSRPTv1; rua=mailto:a@example.com; rua=mailto:b@example.com").rua)
      assert.equal("warning", tls:only("tags_twice", "v=TLSRPTv1; rua=mailto:a@example.com; v=TLSRPTv1; rua=mailto:b@example.com").severity)
    end)
  end)

  describe("is refused", function()
    it("where it is none", function()
      for _, text in ipairs { "", "v=STSv1; id=1", "v=DMARC1; rua=mailto:a@example.com", "hello" } do
        tls:only("tls_rpt_not_a_record", text)
      end
    end)

    it("where it does not begin with v=TLSRPTv1; exactly", function()
      for _, start in ipairs { "v=TLSRPT1; ", "v=tlsrptv1; ", "", " v=TLSRPTv1; ", "v=TLSRPTv1 ; " } do
        tls:only("tls_rpt_bad_version", start .. "rua=mailto:a@example.com")
      end
    end)

    it("where it names no address", function()
      tls:only("tls_rpt_missing_rua", "v=TLSRPTv1;")
      tls:only("tls_rpt_missing_rua", "v=TLSRPTv1; rua=")
    end)

    it("where mailto: is missing", function()
      assert.equal("a@example.com", tls:only("tls_rpt_no_mailto", "v=TLSRPTv1; rua=a@example.com").found)
      tls:only("tls_rpt_no_mailto", "v=TLSRPTv1; rua=mailto:a@example.com, b@example.com")
    end)

    it("where an address is none", function()
      for _, address in ipairs {
        "mailto:", "mailto:a", "mailto:a@localhost", "mailto:@example.com", "mailto:a@b@example.com", "https://localhost/",
        "example.com",
        "mailto:a@example.com!10m", "mailto: a@example.com", "mailto:a@example.com mailto:b@example.com",
        "https://", "mailto://a@example.com",
      } do
        assert.equal(address, tls:only("tls_rpt_bad_uri", "v=TLSRPTv1; rua=" .. address).found)
      end
      tls:only("tls_rpt_bad_uri", "v=TLSRPTv1; rua=mailto:a@example.com,,mailto:b@example.com")
      tls:only("tls_rpt_bad_uri", "v=TLSRPTv1; rua=mailto:a@example.com,")
      tls:only("tag_not_ascii", "v=TLSRPTv1; rua=mailto:a@bücher.example")
      for _, address in ipairs { "mailto:b@example.com", "b@example.com" } do
        assert.equal(address, tls:only("tls_rpt_uri_behind_semicolon", "v=TLSRPTv1; rua=mailto:a@example.com; " .. address).found)
      end
    end)

    it("where no report goes to any of them", function()
      assert.equal("error", tls:only("tls_rpt_other_scheme", "v=TLSRPTv1; rua=ftp://example.com/").severity)
    end)

    it("for the slips that any list of tags has", function()
      tls:refused("tag_missing_semicolon", "v=TLSRPTv1 rua=mailto:a@example.com")
      tls:refused("tag_no_equals", "v=TLSRPTv1; rua=mailto:a@example.com; b")
      tls:refused("tag_space_around_equals", "v=TLSRPTv1; rua = mailto:a@example.com")
      tls:refused("pasted_smart_quotes", "\226\128\156v=TLSRPTv1; rua=mailto:a@example.com\226\128\157")
    end)
  end)

  describe("is written", function()
    it("so that it reads back", function()
      for _, text in ipairs { "v=TLSRPTv1; rua=mailto:a@example.com,https://example.net/x", "v=TLSRPTv1; rua=mailto:a@example.com; x=1" } do
        assert.equal(text, record.write("tls_rpt", record.parse("tls_rpt", text)))
      end
    end)

    it("with what parts addresses encoded in them", function()
      assert.equal("v=TLSRPTv1; rua=mailto:a%21b@example.com,https://example.com/a%2Cb%3Bc",
        record.write("tls_rpt", { rua = { "mailto:a!b@example.com", "https://example.com/a,b;c" } }))
    end)

    it("with one address that stands alone", function()
      assert.equal("v=TLSRPTv1; rua=mailto:a@example.com", record.write("tls_rpt", { rua = "mailto:a@example.com" }))
    end)

    it("not where nobody would report", function()
      assert.equal("bad_value", select(3, record.write("tls_rpt", { rua = { 5 } })))
      assert.equal("bad_value", select(3, record.write("tls_rpt", { rua = { {} } })))
      assert.equal("tls_rpt_missing_rua", select(3, record.write("tls_rpt", {})))
      assert.equal("tls_rpt_no_mailto", select(3, record.write("tls_rpt", { rua = { "a@example.com" } })))
    end)
  end)

  it("is judged in linear time, whatever it is", function()
    for i, text in ipairs {
      "v=TLSRPTv1; rua=" .. ("a,"):rep(200000), "v=TLSRPTv1; rua=" .. (","):rep(400000), "v=TLSRPTv1; rua=" .. ("x:y,"):rep(100000),
      "v=TLSRPTv1; rua=" .. ("mailto:a@example.com,"):rep(20000), ("rua=x,"):rep(60000), ("rua "):rep(100000), ("rua=1;"):rep(60000),
      "v=TLSRPTv1; rua=mailto:" .. ("a"):rep(400000), "v=TLSRPTv1; rua=https://" .. ("a."):rep(200000), "v=TLSRPTv1;" .. (" "):rep(400000),
    } do
      local started = os.clock()
      local list = record.lint("tls_rpt", text)
      assert.is_true(#list >= 1 and #list <= 100, i)
      assert.is_true(os.clock() - started < 0.2, i)
    end
  end)

  it("has its causes and cures in the catalogue, of which every one is found above", function()
    tls:saw_all("tls_rpt_", "^tls_rpt$")
  end)
end)
