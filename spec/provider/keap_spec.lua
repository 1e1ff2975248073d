-- Keap, formerly Infusionsoft: requirements 6 to 10 of onboarding.
local provider = require "mailseal.provider"
local support = require "spec.support.provider"

local UUID = "0b8a5c1e-4f6d-4c0a-9a57-3f2b6c7d8e90"
local NAME = UUID .. "._domainkey.example.com"

local function look(target)
  local _, _, list = support.records("keap-legacy", "example.com", { uuid = UUID })
  return support.look("example.com", list, {
    [NAME] = { { type = "CNAME", data = target } },
    ["infusionmail.com"] = { { type = "TXT", data = support.KEY } }, ["dkim.infusionmail.com"] = { { type = "TXT", data = support.KEY } },
    ["other.example"] = { { type = "TXT", data = support.KEY } },
  })
end

describe("Keap", function()
  it("has one CNAME for an account that has not been moved yet (requirement 6)", function()
    local records, advice, list = support.records("keap-legacy", "example.com", { uuid = UUID:upper() })
    assert.equal(1, #list)
    assert.equal("CNAME " .. NAME .. " dkim.infusionmail.com", support.line(records.dkim))
    assert.is_string(advice.each_domain)
    for _, uuid in ipairs { "0b8a5c1e", UUID .. "0", UUID:gsub("b", "g"), "" } do
      assert.equal("bad_var", (support.refusal("keap-legacy", "example.com", { uuid = uuid })))
    end
  end)

  it("tells that some DNS hosts cannot have it (requirement 7)", function()
    local _, advice = support.records("keap-legacy", "example.com", { uuid = UUID })
    assert.matches("^Some DNS hosts cannot publish this record", advice.incompatible_hosts)
  end)

  it("waits for the TTL when its verification fails, and signs only when it has succeeded (requirements 8 and 9)", function()
    local rule = provider.find "keap-legacy"
    assert.matches("Retry Validation when the TTL", rule.retry)
    assert.same({ "not verified", "verified", "retry validation" },
      { provider.status(rule, "pending"), provider.status(rule, "verified"), provider.status(rule, "failed") })
    local _, advice = support.records("keap-legacy", "example.com", { uuid = UUID })
    assert.is_string(advice.signs_when_verified)
  end)

  it("knows a target of before 2017 as one that is to be changed, and not as a mistake (requirement 10)", function()
    local states, report = look "infusionmail.com."
    assert.equal("migrating", states.dkim)
    local told
    for _, finding in ipairs(report.findings) do
      if finding.code == "record_migrating" then told = finding end
    end
    assert.same({ "infusionmail.com", "dkim.infusionmail.com", "warning" }, { told.found, told.expected, told.severity })
    assert.equal("found", (look "dkim.infusionmail.com.").dkim)
    assert.equal("mismatch", (look "other.example.").dkim)
    local migration = provider.find("keap-legacy").migrations[1]
    assert.same({ "infusionmail.com", "dkim.infusionmail.com", "2017-01-17" }, { migration.from, migration.to, migration.before })
  end)

  it("has three CNAMEs now, and wants DMARC", function()
    local records, advice, list = support.records("keap", "example.com", {
      tokens = { "a", "b", "c" }, targets = { "a.example.net", "b.example.net", "c.example.net" },
    })
    assert.equal(4, #list)
    assert.equal("CNAME b._domainkey.example.com b.example.net", support.line(records.dkim2))
    assert.is_true(records.dmarc.required)
    assert.is_string(advice.one_dmarc)
  end)

  it("is known by its UUID, or by name, to be the one of before", function()
    local records = support.records("keap", "example.com", { uuid = UUID })
    assert.equal(NAME, records.dkim.name)
    records = support.records("keap", "example.com", { uuid = UUID, variant = "legacy" })
    assert.equal(NAME, records.dkim.name)
    assert.equal("keap-legacy", provider.find("infusionsoft").id)
  end)
end)
