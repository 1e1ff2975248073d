local cjson = require "cjson"
local shell = require "spec.support.shell"

local zone = [[{
  "_dmarc.example.com": [{ "type": "TXT", "ttl": 300, "data":
    "v=DMARC1; p=reject; sp=quarantine; np=none; t=y; rua=mailto:d@example.com,mailto:x@third.example,mailto:y@fourth.example" }],
  "example.com._report._dmarc.third.example": [{ "type": "TXT", "data": "v=DMARC1" }],
  "mail.example.com": [{ "type": "A", "data": "192.0.2.1" }],
  "_dmarc.several.test": [{ "type": "TXT", "data": "v=DMARC1; p=none" }, { "type": "TXT", "data": "v=DMARC1; p=reject" }],
  "_dmarc.twice.test": [{ "type": "TXT", "data": "v=DMARC1; p=none; p=reject" }],
  "_dmarc.nothing.test": [{ "type": "TXT", "data": "v=DMARC1; adkim=s" }],
  "_dmarc.hostile.test": [{ "type": "TXT", "data": "v=DMARC1; p=reject; x=\\027[2J\\155\"; rua=mailto:\\027[31m@x.test" }],
  "_dmarc.joined.test": [{ "type": "TXT", "data": "v=DMARC1 p=reject" }, { "type": "TXT", "data": "v=spf1 -all" }],
  "_dmarc.joined.example.com": [{ "type": "TXT", "data": "v=dmarc1; p=none; rua=mailto:d@example.com" }],
  "_dmarc.below.example.com": [{ "type": "TXT", "data": "v=DMARC1; p=nonce" }],
  "_dmarc.loop.test": [{ "type": "CNAME", "data": "_dmarc.loop.test." }],
  "_dmarc.silent.test": [{ "error": "timeout" }],
  "_dmarc.xn--bcher-kva.example": [{ "type": "TXT", "data": "v=DMARC1; p=none" }]
}]]

describe("mailseal dmarc", function()
  local path, directory = shell.with_zone(zone, teardown)

  local function run(...)
    return shell.mailseal { "dmarc", "--zone", path, ... }
  end

  local function object(domain, status)
    local result = run("--json", domain)
    assert.same({ status, "" }, { result.status, result.err }, domain)
    assert.equal(1, select(2, result.out:gsub("\n", "")))
    return cjson.decode(result.out)
  end

  it("says which policy applies, where it is, and what is wrong with it", function()
    local result = run "mail.example.com"
    assert.equal(0, result.status)
    assert.equal("", result.err)
    assert.matches("\npolicy +none %(sp= of example.com; t=y weakens quarantine to it%)\n", result.out)
    assert.matches("\norganizational domain +example.com\n", result.out)
    assert.matches("\nlooked at +_dmarc.mail.example.com: no record\n +_dmarc.example.com: v=DMARC1; p=reject;", result.out)
    assert.matches("reports may not go to fourth.example, for there is no record at example.com._report._dmarc.fourth.example",
      result.out, 1, true)
    assert.is_nil(result.out:find("third.example, for", 1, true))
    assert.matches("(dmarc_testing)", result.out, 1, true)
    assert.matches("\npolicy +quarantine %(t=y weakens reject to it%)\n", run("example.com").out)
  end)

  it("refuses an address, which is no domain", function()
    for _, address in ipairs { "192.0.2.1", "192.0.2.1.", "2001:db8::1" } do
      local result = run(address)
      assert.matches("^mailseal dmarc: '" .. address:gsub("%p", "%%%0") .. "' is an address, and no name of a domain[^\n]+\n$", result.err)
      assert.same({ 64, "" }, { result.status, result.out })
    end
  end)

  it("says so as JSON", function()
    local found = object("ghost.example.com", 0)
    assert.same({ "found", "none", "none", "np", "example.com", "example.com", false, true }, {
      found.result, found.policy, found.requested, found.tag, found.record_domain, found.organizational_domain, found.exists,
        found.tested,
    })
    assert.matches("^v=DMARC1; p=reject", found.record)
    assert.same({ "_dmarc.ghost.example.com", "_dmarc.example.com", "_dmarc.com" }, found.queries)
    assert.equal("dmarc_subdomains_weaker", found.findings[1].code)
    local results = {}
    for _, report in ipairs(found.reports) do
      results[report.destination] = report.result
    end
    assert.same({ ["example.com"] = "authorised", ["third.example"] = "authorised", ["fourth.example"] = "refused" }, results)
  end)

  it("ends with status 1 where none applies, and says why", function()
    for domain, reason in pairs {
      ["other.test"] = "no_record", ["several.test"] = "several_records", ["twice.test"] = "dmarc_syntax", ["nothing.test"] = "no_policy",
    } do
      local found = object(domain, 1)
      assert.same({ "none", reason }, { found.result, found.reason })
      assert.is_nil(found.policy)
      assert.is_nil(found.record_domain)
      local result = run(domain)
      assert.equal(1, result.status)
      assert.matches("\npolicy +%l", result.out)
    end
    assert.matches("%(tag_duplicate%)", run("twice.test").out)
  end)

  it("says what is wrong with the texts that receivers pass over", function()
    local function codes(domain, status)
      local list = {}
      for i, finding in ipairs(object(domain, status).findings) do
        list[i] = finding.code .. " " .. finding.name
      end
      return list
    end
    assert.same({ "tag_missing_semicolon _dmarc.joined.test", "dmarc_no_reports _dmarc.joined.test" }, codes("a.joined.test", 1))
    assert.same({ "dmarc_two_records _dmarc.several.test" }, codes("several.test", 1))
    assert.same({ "dmarc_bad_policy _dmarc.below.example.com", "dmarc_no_reports _dmarc.below.example.com" },
      codes("below.example.com", 1))
    assert.same({ "dmarc_missing _dmarc.other.test" }, codes("other.test", 1))
    assert.same({
      "dmarc_version_case _dmarc.joined.example.com", "dmarc_policy_none _dmarc.joined.example.com",
      "dmarc_subdomains_weaker _dmarc.example.com", "dmarc_subdomains_weaker _dmarc.example.com", "dmarc_testing _dmarc.example.com",
    }, codes("joined.example.com", 0))
  end)

  it("shows what it came upon at each place", function()
    local out = run("a.joined.test").out
    assert.matches("_dmarc.joined.test: v=DMARC1 p=reject (receivers pass it over)\n", out, 1, true)
    assert.matches("%(tag_missing_semicolon%)\n +at: _dmarc.joined.test\n", out)
    assert.is_nil(run("joined.test").out:find(" at: ", 1, true))
    assert.matches("_dmarc.several.test: 2 records, which void each other\n", run("several.test").out, 1, true)
    assert.matches("_dmarc.loop.test: servfail: the CNAMEs of _dmarc.loop.test lead round in a loop", run("loop.test").out, 1, true)
  end)

  it("ends with status 75 where DNS gives no answer", function()
    local found = object("a.silent.test", 75)
    assert.same({ "temperror", "dns", nil }, { found.result, found.reason, found.policy })
    assert.is_number(found.retry_at)
    local result = run "a.silent.test"
    assert.same({ 75, "" }, { result.status, result.err })
    assert.matches("\npolicy +not known", result.out)
    assert.matches("_dmarc.silent.test: timeout", result.out, 1, true)
  end)

  it("ends with status 64 for what is no domain, and 65 for a zone that cannot be read", function()
    local result = run "no domain"
    assert.same({ 64, "" }, { result.status, result.out })
    assert.matches("'no domain' is no domain name", result.err, 1, true)
    assert.equal(64, run().status)
    assert.equal(65, shell.mailseal({ "dmarc", "--zone", directory .. "/none", "example.com" }).status)
  end)

  it("takes U-labels, upper case and a dot at the end", function()
    assert.equal("xn--bcher-kva.example", object("BÜCHER.example.", 0).record_domain)
  end)

  it("shows no control character of a record", function()
    for _, result in ipairs { run "hostile.test", run("--json", "hostile.test") } do
      assert.equal(0, result.status)
      assert.is_nil(result.out:gsub("\n", ""):find "[%c\128-\160]")
    end
  end)
end)
