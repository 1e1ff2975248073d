--- What is wrong with a DMARC record, and with a report authorisation.
local catalogue = require "spec.support.catalogue"
local record = require "mailseal.record"

local GOOD = "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"

local seen = {}

-- The codes found in their order, but the advice to ask for reports, which most examples do not.
local function codes(text, kind)
  local list = {}
  for _, finding in ipairs((record.lint(kind or "dmarc", text))) do
    seen[finding.code] = true
    assert.matches("^.+%.$", finding.message, finding.code)
    assert.matches("^%u", finding.fix, finding.code)
    assert.is_nil(finding.message:find "[%c\127-\255]", finding.code)
    if finding.code ~= "dmarc_no_reports" then
      list[#list + 1] = finding.code
    end
  end
  return list
end

local function severity(code)
  return record.explain(code).severity
end

-- The only finding, of that severity, and whether receivers use the record.
local function only(code, text, usable)
  assert.same({ code }, codes(text), type(text) == "string" and text or nil)
  local findings, parsed = record.lint("dmarc", text)
  assert.equal(usable, parsed ~= nil, code)
  for _, finding in ipairs(findings) do
    if finding.code == code then
      return finding
    end
  end
end

describe("the lint of a DMARC record", function()
  it("finds nothing wrong with a good one, and gives it as read", function()
    local findings, parsed = record.lint("dmarc", GOOD)
    assert.same({}, findings)
    assert.equal("reject", parsed.policy)
    assert.same({}, codes "v=DMARC1;p=reject;")
    assert.same({}, codes(GOOD .. "; sp=reject; np=reject; adkim=s; aspf=R; t=n; psd=u; fo=1:d; ruf=mailto:a@b.example"))
    assert.same({}, codes { "v=DMARC1; p=rej", "ect" })
  end)

  it("says what is wrong with the version", function()
    only("dmarc_missing_version", "p=reject; rua=mailto:a@b.example", false)
    only("dmarc_missing_version", "p=reject", false)
    only("dmarc_version_not_first", "p=reject; v=DMARC1", false)
    only("dmarc_version_case", "v=dmarc1; p=reject", false)
    only("dmarc_wrong_version", "v=DMARC2; p=reject", false)
    only("dmarc_wrong_version", "v=DMARC; p=reject", false)
    only("dmarc_space_before_version", " v=DMARC1; p=reject", false)
    assert.equal("v=dmarc1", only("dmarc_version_case", "v=dmarc1; p=reject", false).found)
  end)

  it("says that other texts are no DMARC record, and no more", function()
    for _, text in ipairs { "", "v=spf1 -all", "v=DKIM1; k=rsa; p=MIGf", "google-site-verification=x", "hello", "p=MIGf; t=y" } do
      only("dmarc_not_a_record", text, false)
    end
  end)

  it("says what is wrong with a policy", function()
    only("dmarc_bad_policy", "v=DMARC1; p=monitor; rua=mailto:a@b.example", true)
    only("dmarc_bad_policy", "v=DMARC1; p=rejected", false)
    only("dmarc_bad_policy", "v=DMARC1; p=", false)
    assert.equal("sp=off", only("dmarc_bad_subdomain_policy", "v=DMARC1; p=reject; sp=off", false).found)
    only("dmarc_bad_subdomain_policy", "v=DMARC1; p=reject; np=x; rua=mailto:a@b.example", true)
    only("dmarc_missing_policy", "v=DMARC1", false)
    only("dmarc_missing_policy", "v=DMARC1; adkim=s", false)
    only("dmarc_policy_assumed", "v=DMARC1; rua=mailto:a@b.example", true)
    only("dmarc_policy_none", "v=DMARC1; p=none", true)
    only("dmarc_subdomains_weaker", GOOD .. "; sp=none", true)
    only("dmarc_subdomains_weaker", GOOD .. "; np=quarantine", true)
    assert.same({}, codes "v=DMARC1; p=quarantine; sp=reject")
  end)

  it("says what flags come to", function()
    only("dmarc_testing", GOOD .. "; t=y", true)
    assert.same({ "dmarc_policy_none", "dmarc_testing_nothing" }, codes "v=DMARC1; p=none; t=y")
    assert.same({ "dmarc_policy_none", "dmarc_testing" }, codes "v=DMARC1; p=none; sp=reject; t=y")
    only("dmarc_public_suffix", GOOD .. "; psd=y", true)
    for _, tag in ipairs { "adkim=strict", "aspf=x", "t=1", "psd=yes", "adkim=" } do
      assert.equal(tag, only("dmarc_bad_value", GOOD .. "; " .. tag, true).found)
    end
  end)

  it("says which tags are gone", function()
    assert.equal("pct=50", only("dmarc_pct", GOOD .. "; pct=50", true).found)
    only("dmarc_obsolete_tag", GOOD .. "; rf=afrf", true)
    only("dmarc_obsolete_tag", GOOD .. "; ri=3600", true)
    for _, code in ipairs { "dmarc_pct", "dmarc_obsolete_tag", "tag_unknown" } do
      assert.equal("advice", severity(code))
    end
    only("tag_unknown", GOOD .. "; ruff=mailto:a@b.example", true)
  end)

  it("says what is wrong with addresses", function()
    local function rua(code, value)
      return only(code, "v=DMARC1; p=reject; rua=" .. value, true)
    end
    assert.equal("a@b.example", rua("dmarc_uri_without_mailto", "a@b.example").found)
    assert.equal("a@b.example!10m", rua("dmarc_uri_without_mailto", "mailto:x@b.example, a@b.example!10m").found)
    rua("dmarc_uri_behind_semicolon", "mailto:x@b.example; mailto:a@b.example")
    assert.equal("a@b.example", rua("dmarc_uri_behind_semicolon", "mailto:x@b.example;a@b.example").found)
    rua("tag_no_equals", "mailto:x@b.example; a")
    rua("tag_not_ascii", "mailto:x@bücher.example")
    rua("dmarc_space_in_uri", "mailto: a@b.example")
    rua("dmarc_space_in_uri", "mailto:a@b.example mailto:c@b.example")
    rua("dmarc_empty_uri", "")
    rua("dmarc_empty_uri", "mailto:a@b.example,,mailto:c@b.example")
    rua("dmarc_bad_uri", "mailto:a@@b.example")
    rua("dmarc_bad_uri", "mailto:<a@b.example>")
    rua("dmarc_bad_uri", "mailto:a!b@c.example")
    rua("dmarc_bad_uri", "nobody")
    rua("dmarc_bad_uri", "mailto=a@b.example")
    rua("dmarc_uri_not_mailto", "https://x.example/")
    rua("dmarc_uri_size", "mailto:a@b.example!10m")
    rua("dmarc_too_many_uris", ("mailto:a@b.example,"):rep(25) .. "mailto:a@b.example")
  end)

  it("says what is wrong with failure options", function()
    local ruf = GOOD .. "; ruf=mailto:a@b.example; fo="
    assert.same({}, codes(ruf .. "1:d:s"))
    for _, value in ipairs { "0:1", "2", "1,d", "d:d", "" } do
      only("dmarc_bad_failure_options", ruf .. value, true)
    end
    only("dmarc_failure_options_alone", GOOD .. "; fo=1", true)
  end)

  -- Slips for which a receiver passes over a piece are but warnings, unless it then reads something else than was meant.
  describe("judges slips in the list", function()
    local function judged(text)
      local findings, parsed = record.lint("dmarc", text)
      return findings[1].code, findings[1].severity, parsed and parsed.policy
    end

    it("by what receivers make of them", function()
      assert.same({ "tag_empty", "warning", "reject" }, { judged "v=DMARC1;; p=reject; rua=mailto:a@b.example" })
      assert.same({ "tag_no_equals", "warning", "reject" }, { judged "v=DMARC1; p=reject; rua=mailto:a@b.example; oops" })
      assert.same({ "tag_missing_semicolon", "error" }, { judged "v=DMARC1 p=reject; rua=mailto:a@b.example" })
      assert.same({ "tag_missing_semicolon", "error", "none" }, { judged "v=DMARC1; p=reject sp=reject; rua=mailto:a@b.example" })
      assert.same({ "tag_missing_semicolon", "error", "reject" }, { judged "v=DMARC1; p=reject; rua=mailto:a@b.example adkim=s" })
      assert.same({ "tag_missing_semicolon", "error", "reject" }, { judged "v=DMARC1; p=reject; adkim=s aspf=r" })
      assert.same({ "tag_not_ascii", "error", "reject" }, { judged "v=DMARC1; p=reject; rua=mailto:a@b.example,mailto:ä@b.example" })
      assert.same({ "tag_colon", "error", "none" }, { judged "v=DMARC1; p:reject; rua=mailto:a@b.example" })
      assert.same({ "tag_colon", "error", "reject" }, { judged "v=DMARC1; p=reject; rua:mailto:a@b.example" })
      assert.same({ "tag_colon", "warning", "reject" }, { judged "v=DMARC1; p=reject; pct:100; rua=mailto:a@b.example" })
      assert.same({ "tag_case", "error" }, { judged "v=DMARC1; P=reject" })
      assert.same({ "tag_duplicate", "error" }, { judged "v=DMARC1; p=reject; p=none; rua=mailto:a@b.example" })
      assert.same({ "tags_twice", "error" }, { judged(GOOD .. "; " .. GOOD) })
      assert.same({ "tag_duplicate", "error" }, { judged "v=DMARC1; p=reject; rua=mailto:a@b.example; rua=mailto:c@b.example" })
    end)

    it("each once, for its cause", function()
      only("tag_colon", "v=DMARC1; p: reject; rua=mailto:a@b.example", true)
      only("tag_colon", "v:DMARC1; p=reject; rua=mailto:a@b.example", false)
      only("tag_missing_semicolon", "v=DMARC1: p=reject; rua=mailto:a@b.example", false)
      only("tag_missing_semicolon", "v=DMARC1, p=reject; rua=mailto:a@b.example", false)
    end)

    it("and what pasting left behind", function()
      for _, hidden in ipairs { "[email protected]", "[email\194\160protected]", "[email&#160;protected]" } do
        assert.equal(hidden, only("pasted_hidden_address", "v=DMARC1; p=reject; rua=mailto:" .. hidden, true).found)
      end
      only("pasted_smart_quotes", "“v=DMARC1; p=reject”", false)
      only("pasted_quotes", '"v=DMARC1; p=reject"', false)
      only("pasted_escaped_semicolon", "v=DMARC1\\; p=reject", false)
      only("pasted_zone_line", '_dmarc.example.com. 300 IN TXT "v=DMARC1; p=reject"', false)
      only("pasted_line_break", "v=DMARC1; p=reject;\n rua=mailto:a@b.example", true)
    end)
  end)

  it("has an error wherever receivers do not use the record, and none where they do as meant", function()
    for _, text in ipairs {
      "v=DMARC1; p=reject; rua=x", "v=DMARC1", "v=DMARC1p=reject", "v=DMARC1; p =reject", "v=DMARC1: p=reject",
        "v=DMARC1, p=reject", "v=DMARC1; p:reject",
      "v=DMARC1; p=none;" .. ("x=1;"):rep(60), "v=DMARC1; p=rej\0ect", "v=DMARC1; p=reject\226\128\139", "V=DMARC1; p=reject",
        "v=\"DMARC1\"; p=reject",
    } do
      local findings, parsed = record.lint("dmarc", text)
      local errors = 0
      for _, finding in ipairs(findings) do
        errors = errors + (finding.severity == "error" and 1 or 0)
      end
      assert.is_true(parsed ~= nil or errors > 0, text)
    end
  end)
end)

describe("the lint of a report authorisation", function()
  it("finds nothing wrong with a good one", function()
    for _, text in ipairs { "v=DMARC1", "v=DMARC1;", "v=DMARC1; rua=mailto:a@b.example; ruf=mailto:c@b.example" } do
      local findings, parsed = record.lint("dmarc_report", text)
      assert.same({}, findings)
      assert.equal("DMARC1", parsed.version)
    end
  end)

  it("says what is wrong with others", function()
    assert.same({ "dmarc_version_case" }, codes("v=dmarc1", "dmarc_report"))
    assert.same({ "dmarc_report_not_a_record" }, codes("yes", "dmarc_report"))
    assert.same({ "dmarc_report_unused_tag" }, codes("v=DMARC1; p=none", "dmarc_report"))
    assert.same({ "dmarc_uri_without_mailto" }, codes("v=DMARC1; rua=a@b.example", "dmarc_report"))
    assert.same({ "tag_duplicate" }, codes("v=DMARC1; rua=mailto:a@b.example; rua=mailto:a@b.example", "dmarc_report"))
    assert.same({ "tag_missing_semicolon" }, codes("v=DMARC1 rua=mailto:a@b.example", "dmarc_report"))
    assert.is_nil((select(2, record.lint("dmarc_report", "v=DMARC1 rua=mailto:a@b.example"))))
  end)
end)

describe("the catalogue's DMARC section", function()
  it("is found above, whole", function()
    for _, code in ipairs(catalogue.codes "^dmarc$") do
      assert.is_true(seen[code], code)
    end
  end)
end)
