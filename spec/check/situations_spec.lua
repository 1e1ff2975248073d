-- What goes wrong with the DNS of sending domains, a file a situation: see spec/support/situation.lua.
local situation = require "spec.support.situation"

describe("a check of", function()
  for _, name in ipairs(situation.names()) do
    local loaded = situation.load(name)
    it(loaded.title, function()
      local report = situation.play(loaded)
      for _, finding in ipairs(report.findings) do
        assert.matches("^[%u%l%d_].*%.$", finding.message, finding.code)
        assert.is_nil((finding.message .. finding.fix):find "[{}%c]", finding.code)
        assert.is_true(finding.severity ~= "pending" or finding.retry_at ~= nil, finding.code .. " has no retry_at")
      end
      assert.same({}, situation.problems(loaded, report), name)
    end)
  end
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
