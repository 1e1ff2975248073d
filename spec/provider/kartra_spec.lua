-- Kartra: requirements 1 to 5 of onboarding.
local provider = require "mailseal.provider"
local support = require "spec.support.provider"

local VARS = {
  hosts = { "sk48392", "sk48393", "sk48394" }, targets = { "a.dkim.example.net", "b.dkim.example.net", "c.dkim.example.net" },
}

local function with(more)
  local vars = {}
  for _, of in ipairs { VARS, more } do
    for name, value in pairs(of) do vars[name] = value end
  end
  return vars
end

describe("Kartra", function()
  it("is not set up by hand where Kartra or another service does it (requirement 1)", function()
    local code, message = support.refusal("kartra", "example.com", with { registrar = "kartra" })
    assert.same({ "not_applicable", "Kartra (KartraMail): a domain bought in Kartra (its DNS is at IONOS) is authenticated already." },
      { code, message })
    for smtp, see in pairs { sendgrid = "sendgrid-auto", mailgun = "mailgun", postmark = "postmark", elasticemail = "elasticemail" } do
      code, message = support.refusal("kartra", "example.com", { smtp = smtp })
      assert.equal("not_applicable", code)
      assert.matches("DKIM is set up there%. %(see provider " .. see:gsub("%-", "%%-") .. "%)$", message)
    end
    code, message = support.refusal("kartra", "example.com", { setup = "automatic" })
    assert.same({ "not_applicable", "Kartra (KartraMail): where Kartra supports the DNS host it sets the records itself." },
      { code, message })
    assert.equal("bad_var", (support.refusal("kartra", "example.com", { smtp = "sendmail" })))
    local _, advice = support.records("kartra", "example.com", VARS)
    assert.is_string(advice.automatic_setup)
  end)

  it("has three CNAMEs, and wants their names and targets as it shows them (requirements 2 and 3)", function()
    local records = support.records("kartra", "example.com", VARS)
    assert.equal("CNAME sk48392.example.com a.dkim.example.net", support.line(records.dkim1))
    assert.equal("CNAME sk48394.example.com c.dkim.example.net", support.line(records.dkim3))
    records = support.records("kartra", "example.com", with { hosts = { "a1._domainkey", "b", "c" } })
    assert.equal("a1._domainkey.example.com", records.dkim1.name)
    records = support.records("kartra", "example.com", with { hosts = { "sk1.example.com", "sk2.example.com", "sk3.example.com" } })
    assert.equal("sk3.example.com", records.dkim3.name)
    local code, message = support.refusal("kartra", "example.com")
    assert.equal("vars_missing", code)
    assert.matches("hosts %(3 of them%): .*targets %(3 of them%)", message)
  end)

  it("says Pending validation, then Connected, and takes about a day (requirement 4)", function()
    local rule = provider.find "kartra"
    assert.same({ "Pending validation", "Connected", 86400 },
      { provider.status(rule, "pending"), provider.status(rule, "verified"), rule.window })
    local _, advice = support.records("kartra", "example.com", VARS)
    assert.matches("tick the confirmation in Kartra and press Finish", advice.confirm)
  end)

  it("requires DKIM of each domain, no SPF, and likes DMARC (requirement 5)", function()
    local records, advice, list = support.records("kartra", "mail.example.com", VARS)
    assert.same({ true, true, true, false },
      { records.dkim1.required, records.dkim2.required, records.dkim3.required, records.dmarc.required })
    for _, record in ipairs(list) do
      assert.is_true(record.purpose ~= "spf")
    end
    assert.matches("mail%.example%.com covers no other", advice.each_domain)
    assert.is_string(advice.dkim_required)
    assert.matches("the SPF record of mail%.example%.com must include its servers", advice.spf_of_smtp)
  end)

  it("tells which of its three records is missing", function()
    local _, _, list = support.records("kartra", "example.com", VARS)
    local states = support.look("example.com", list, {
      ["sk48392.example.com"] = { { type = "CNAME", data = "a.dkim.example.net." } },
      ["sk48394.example.com"] = { { type = "CNAME", data = "c.dkim.example.net." } },
      ["a.dkim.example.net"] = { { type = "TXT", data = support.KEY } }, ["c.dkim.example.net"] = { { type = "TXT", data = support.KEY } },
    })
    assert.same({ "found", "missing", "found" }, { states.dkim1, states.dkim2, states.dkim3 })
  end)
end)
