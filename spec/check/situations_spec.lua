-- What goes wrong with the DNS of sending domains, a file a situation: see spec/support/situation.lua.
local catalogue = require "spec.support.catalogue"
local situation = require "spec.support.situation"

-- What customers run into most: each has a situation at least.
local lines = {
  "a doubled zone name",
  "a CNAME's target pasted into a TXT record",
  "a TXT record's text pasted into a CNAME",
  "quotes pasted into the value",
  "a trailing semicolon dropped or added, and spaces inside p=",
  "a key cut at 255",
  "one key split over two TXT records",
  "a leftover second TXT record at the selector",
  "CNAME and TXT at one name",
  "a proxied CNAME",
  "a flattened CNAME",
  "the record in the wrong zone",
  "the record at the wrong DNS host",
  "_dmarc put at the apex",
  "the selector put at the apex",
  "two SPF records",
  "two DMARC records",
  "an SPF record over 10 look-ups",
  "a wildcard that answers",
  "a revoked key",
  "the right selector with another key",
  "one missing record of three",
  "name servers that disagree",
  "a negative answer still cached",
  "pending is never told as failed",
  "a temporary fault never undoes what was verified",
  "a resolver's fault is never told as missing",
}

-- The errors of a report, in the order of the alphabet.
local function errors_in(report)
  local codes = {}
  for _, finding in ipairs(report.findings) do
    if finding.severity == "error" then codes[#codes + 1] = finding.code end
  end
  table.sort(codes)
  return codes
end

describe("a check of", function()
  local seen, covered = {}, {}

  for _, name in ipairs(situation.names()) do
    local loaded = situation.load(name)
    if loaded.line then covered[loaded.line] = name end
    it(loaded.title, function()
      local report = situation.play(loaded)
      for _, finding in ipairs(report.findings) do
        seen[finding.code] = true
        assert.matches("^[%u%l%d_].*%.$", finding.message, finding.code)
        assert.is_nil((finding.message .. finding.fix):find "[{}%c]", finding.code)
        assert.is_true(finding.severity ~= "pending" or finding.retry_at ~= nil, finding.code .. " has no retry_at")
      end
      assert.same({}, situation.problems(loaded, report), name)
      if loaded.line and not loaded.message then -- whatever else is looked at, there is no other error
        loaded.check.only = nil
        assert.same(errors_in(report), errors_in(situation.play(loaded)), name)
      end
    end)
  end

  it("all that customers run into, every line of it", function()
    for _, line in ipairs(lines) do
      assert.is_string(covered[line], line)
      covered[line] = nil
    end
    assert.same({}, covered)
  end)

  -- Those of messages spec/check/message_spec.lua meets.
  it("whatever it can find in a domain's DNS, each kind of finding in some situation", function()
    for _, code in ipairs(catalogue.codes("^check message")) do seen[code] = true end
    for _, code in ipairs(catalogue.codes("^check", "^placement")) do assert.is_true(seen[code] or false, code) end
  end)
end)

describe("a situation", function()
  local function problems(changes)
    local changed = situation.load "dns_timeout"
    for field, value in pairs(changes) do changed[field] = value end
    return situation.problems(changed, situation.play(changed))
  end

  it("is told from another one", function()
    assert.same({ "dns_timeout is found, too: No DNS server answered in time for example.com MX (timeout), so that nobody can tell "
      .. "yet what is there." }, problems { findings = {} })
    assert.same({ "dns_timeout: severity is \"pending\", not \"error\"" },
      problems { findings = { { code = "dns_timeout", severity = "error" } } })
    assert.same({ "mx_none is not found" }, problems { findings = { { code = "dns_timeout" }, { code = "mx_none" } } })
    assert.same({ "the report: retry_in is 60, not 59" }, problems { retry_in = 59 })
    assert.same({ "there is no record s1" }, problems { records = { s1 = { status = "found" } } })
    assert.same({ "mx.status is \"timeout\", not \"ok\"" }, problems { report = { ["mx.status"] = "ok" } })
    assert.same({ "dns_timeout is found" }, problems { absent = { "dns_timeout" } })
  end)

  it("may begin with what caches remember of before", function()
    local zone = { ["example.com"] = { { type = "MX", data = "10 mx.example.com.", ttl = 600 } } }
    local report = situation.play { before = { ["example.com"] = {} }, elapsed = 50, zone = zone,
      check = { domain = "example.com", only = { "mx" } } }
    assert.equal("ok", report.mx.status)
    report = situation.play { before = zone, elapsed = 50, zone = { ["example.com"] = {} },
      check = { domain = "example.com", only = { "mx" } } }
    assert.equal("ok", report.mx.status)
  end)
end)
