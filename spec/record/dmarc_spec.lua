--- The DMARC record as receivers read it (RFC 9989 §4.7, §4.8).
local linear = require "spec.support.linear"
local record = require "mailseal.record"

local function parse(text)
  return assert(record.parse("dmarc", text))
end

local function refusal(text, kind)
  local read, message, code = record.parse(kind or "dmarc", text)
  assert.is_nil(read)
  assert.is_string(message)
  return code
end

-- The addresses of rua= as they are read.
local function uris(value)
  local list = {}
  for i, uri in ipairs(parse("v=DMARC1; p=none; rua=" .. value).aggregate_reports) do
    list[i] = uri.uri
  end
  return list
end

describe("a DMARC record", function()
  it("is read, every tag of it", function()
    local read = parse("v=DMARC1; p=reject; sp=quarantine; np=none; adkim=s; aspf=s; t=y; psd=n; fo=1:d:s; "
      .. "rua=mailto:a@example.com; ruf=mailto:b@example.net")
    local tags = read.tags
    read.tags = nil
    assert.same({
      version = "DMARC1", policy = "reject", subdomain_policy = "quarantine", nonexistent_policy = "none", policy_assumed = false,
      dkim_alignment = "strict", spf_alignment = "strict", testing = true, psd = "n", failure_options = { "1", "d", "s" },
      aggregate_reports = { { uri = "mailto:a@example.com", scheme = "mailto", address = "a@example.com", domain = "example.com" } },
      failure_reports = { { uri = "mailto:b@example.net", scheme = "mailto", address = "b@example.net", domain = "example.net" } },
    }, read)
    assert.same({ "DMARC1", "reject", "1:d:s" }, { tags.v, tags.p, tags.fo })
  end)

  it("has defaults", function()
    local read = parse "v=DMARC1;p=none"
    read.tags = nil
    assert.same({
      version = "DMARC1", policy = "none", policy_assumed = false, dkim_alignment = "relaxed", spf_alignment = "relaxed", testing = false,
      psd = "u", failure_options = { "0" }, aggregate_reports = {}, failure_reports = {},
    }, read)
  end)

  it("may have white space about its signs, values in either case, and a semicolon at the end", function()
    local read = parse "v =\tDMARC1 ;p= Reject ; ADKIM=s;adkim = S; t=Y ; PSD=y ;"
    assert.same({ "reject", "strict", true, "u" }, { read.policy, read.dkim_alignment, read.testing, read.psd })
  end)

  it("may come in several strings", function()
    assert.equal("quarantine", parse({ "v=DMARC1; p=quaran", "tine" }).policy)
  end)

  it("is none where it does not begin with v=DMARC1", function()
    for _, text in ipairs {
      "", "v=dmarc1; p=none", "v=DMARC1.0; p=none", "v=DMARC10; p=none", "v=DMARC; p=none", "v=DMARC1 p=none", " v=DMARC1; p=none",
      "p=none; v=DMARC1", "p=none", ";v=DMARC1; p=none", "v=spf1 -all", "v=DKIM1; p=", "v", "v=", "=DMARC1", "x=DMARC1; p=none",
      "\0v=DMARC1; p=none", "\239\187\191v=DMARC1; p=none",
    } do
      assert.equal("dmarc_not_a_record", refusal(text), text)
    end
    assert.equal("none", parse("V=DMARC1; p=none").policy) -- a literal of the grammar, whose case is of no matter
  end)

  it("passes over tags that are unknown, obsolete or malformed", function()
    local read = parse "v=DMARC1; pct=0; ri=1; rf=x; odd; =; ; ;; 1a=b; x_y=z; p=reject; new=p=none; sp; np=\1none; fo="
    assert.same({ "reject", "0", "p=none" }, { read.policy, read.failure_options[1], read.tags.new })
    assert.is_nil(read.subdomain_policy)
    assert.is_nil(read.nonexistent_policy)
  end)

  it("has the default of a tag whose value is none", function()
    local read = parse "v=DMARC1; p=reject; adkim=strict; aspf=; t=yes; psd=x; fo=0:1"
    assert.same({ "relaxed", "relaxed", false, "u", { "0" } },
      { read.dkim_alignment, read.spf_alignment, read.testing, read.psd, read.failure_options })
  end)

  it("asks for nothing where no policy is valid, but for reports (§4.10.1)", function()
    for _, tags in ipairs { "", "p=; ", "p=monitor; ", "p=reject; sp=x; ", "p=reject; np=nil; ", "sp=reject; ", "P=reject; ",
      "p=none,; " } do
      local read = parse("v=DMARC1; " .. tags .. "rua=mailto:a@example.com")
      assert.same({ "none", true }, { read.policy, read.policy_assumed }, tags)
      assert.is_nil(read.subdomain_policy)
      for _, address in ipairs { "", "rua=", "rua=a@example.com", "rua=mailto:", "ruf=mailto:a@example.com" } do
        assert.equal("dmarc_no_policy", refusal("v=DMARC1; " .. tags .. address), tags)
      end
    end
  end)

  it("tells what else it says where it has no policy", function()
    local rest = select(4, record.parse("dmarc", "v=DMARC1; psd=n"))
    assert.equal("n", rest.psd)
    assert.is_nil((select(4, record.parse("dmarc", "v=DMARC1; p=none; p=none"))))
  end)

  it("is invalid with a tag twice, or over 48 of them (RFC 6376 §3.2)", function()
    assert.equal("dmarc_syntax", refusal "v=DMARC1; p=none; p=none")
    assert.equal("dmarc_syntax", refusal "v=DMARC1; p=none; v=DMARC1")
    assert.equal("dmarc_syntax", refusal "v=DMARC1; p=none; odd=1; odd=2")
    local many = { "v=DMARC1; p=none" }
    for i = 3, 48 do
      many[#many + 1] = ("; x%s%s=1"):format(string.char(97 + i % 26), string.char(97 + math.floor(i / 26)))
    end
    assert.equal("none", parse(table.concat(many)).policy)
    assert.equal("dmarc_syntax", refusal(table.concat(many) .. "; last=1"))
  end)

  it("has failure options, each once, and 0 or 1", function()
    for value, options in pairs {
      ["0"] = { "0" }, ["1"] = { "1" }, d = { "d" }, ["s:d"] = { "d", "s" }, ["d:0:s"] = { "0", "d", "s" }, ["S:1:D"] = { "1", "d", "s" },
      ["0:1"] = { "0" }, ["d:d"] = { "0" }, ["1:x"] = { "0" }, ["1:"] = { "0" }, [":"] = { "0" }, ["1d"] = { "0" },
    } do
      assert.same(options, parse("v=DMARC1; p=none; fo=" .. value).failure_options, value)
    end
  end)

  describe("has addresses", function()
    it("with commas between, and white space about these", function()
      assert.same({ "mailto:a@b.example", "mailto:c@d.example" }, uris "mailto:a@b.example,mailto:c@d.example")
      assert.same({ "mailto:a@b.example", "mailto:c@d.example" }, uris "\tmailto:a@b.example ,  mailto:c@d.example ")
    end)

    it("of any scheme", function()
      assert.same({ "https://x.example/a?b=c#d", "MAILTO:a@b.example" }, uris "https://x.example/a?b=c#d,MAILTO:a@b.example")
      local read = parse("v=DMARC1; p=none; rua=https://x.example/").aggregate_reports[1]
      assert.same({ uri = "https://x.example/", scheme = "https" }, read)
    end)

    it("with an obsolete size limit, which is set apart", function()
      for size in ("1 10m 5K 7g 9t 0"):gmatch "%S+" do
        local read = parse("v=DMARC1; p=none; rua=mailto:a@b.example!" .. size).aggregate_reports[1]
        assert.same({ "mailto:a@b.example", "a@b.example", size }, { read.uri, read.address, read.size })
      end
      assert.same({}, uris "mailto:a@b.example!,mailto:a@b.example!m,mailto:a@b.example!10mb,mailto:a!1@b.example")
    end)

    it("with headers behind a mailto:, and encoded characters", function()
      local read = parse("v=DMARC1; p=none; rua=mailto:a%2Cb%21@c.example?subject=x").aggregate_reports[1]
      assert.same({ "a%2Cb%21@c.example", "c.example" }, { read.address, read.domain })
    end)

    it("and passes over those that are none", function()
      assert.same({ "mailto:z@b.example" }, uris(table.concat({
        "a@b.example", "mailto:", "mailto:@b.example", "mailto:a", "mailto:a@", "mailto:a@b..example", "mailto: a@b.example",
          "mailto:a b@c.example",
        "mailto:a@b@c.example", "mailto:a%2@b.example", "mailto:<a@b.example>", ":a", "1x:a", "https:", "", "mailto:z@b.example",
      }, ",")))
    end)

    it("and none of them where any octet is not ASCII, for no tag is then read", function()
      assert.same({}, uris "mailto:ä@b.example,mailto:z@b.example")
    end)

    it("of which twenty are kept", function()
      assert.equal(20, #uris(("mailto:a@b.example,"):rep(30)))
    end)
  end)

  it("is read in linear time", function()
    for _, piece in ipairs { "x", "; ", "; odd=1 ", "mailto:a@b.example,", "=", "!1" } do
      assert.is_true(linear(function(size)
        for _ = 1, 20 do
          record.parse("dmarc", "v=DMARC1; p=none; rua=" .. piece:rep(size))
          record.lint("dmarc", "v=DMARC1; p=none; rua=" .. piece:rep(size))
        end
      end, 2000), piece)
    end
  end)
end)

describe("a report authorisation", function()
  it("is v=DMARC1, with other addresses or without", function()
    local read = assert(record.parse("dmarc_report", "v=DMARC1;"))
    assert.same({ version = "DMARC1", aggregate_reports = {}, failure_reports = {}, tags = { v = "DMARC1" } }, read)
    read = assert(record.parse("dmarc_report", "v=DMARC1; rua=mailto:a@b.example; ruf=mailto:c@b.example"))
    assert.same({ "a@b.example", "c@b.example" }, { read.aggregate_reports[1].address, read.failure_reports[1].address })
    assert.is_nil(read.policy)
  end)

  it("is none otherwise", function()
    for _, text in ipairs { "", "v=dmarc1", "DMARC1", "v=DMARC1x" } do
      assert.equal("dmarc_not_a_record", refusal(text, "dmarc_report"))
    end
    assert.equal("dmarc_syntax", refusal("v=DMARC1; rua=; rua=mailto:a@b.example; rua=mailto:a@b.example", "dmarc_report"))
  end)
end)
