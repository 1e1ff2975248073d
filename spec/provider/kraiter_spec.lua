-- Kraiter and Amazon SES: requirements 11 to 17 of onboarding, and what is put right of Kraiter's page.
local provider = require "mailseal.provider"
local support = require "spec.support.provider"

local VARS = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } }

local function zone_of(list)
  local zone = { ["amazonses.com"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.0/24 -all" } } }
  for _, record in ipairs(list) do
    zone[record.name] = zone[record.name] or {}
    table.insert(zone[record.name], { type = record.type, data = record.type == "TXT" and record.value or record.value .. "." })
    if record.type ~= "TXT" then
      zone[record.value:match "%S+$"] = { { type = "TXT", data = support.KEY }, { type = "A", data = "192.0.2.1" } }
    end
  end
  return zone
end

describe("Kraiter", function()
  it("gives records of the domain's own, before which nothing is sent (requirement 11)", function()
    local _, advice, list = support.records("kraiter", "mail.example.com", VARS)
    assert.equal(6, #list)
    assert.is_string(advice.nothing_before)
    assert.equal("vars_missing", (support.refusal("kraiter", "mail.example.com", { region = "eu-west-1" })))
  end)

  it("has three CNAMEs, an MX for MAIL FROM, and DMARC (requirement 12)", function()
    local records = support.records("kraiter", "mail.example.com", VARS)
    assert.equal("CNAME abc._domainkey.mail.example.com abc.dkim.amazonses.com", support.line(records.dkim1))
    assert.equal("CNAME ghi._domainkey.mail.example.com ghi.dkim.amazonses.com", support.line(records.dkim3))
    assert.equal("MX bounce.mail.example.com 10 feedback-smtp.eu-west-1.amazonses.com", support.line(records.mail_from_mx))
    assert.matches("^v=DMARC1; p=none", records.dmarc.value)
    assert.matches("begin with p=none, then quarantine, then reject", records.dmarc.note)
  end)

  it("has MAIL FROM at a subdomain of its own, with the SPF record that SES asks for", function()
    local records, advice, list = support.records("kraiter", "mail.example.com", VARS)
    for _, record in ipairs(list) do
      assert.is_false(record.type == "MX" and record.name == "mail.example.com")
    end
    assert.equal("TXT bounce.mail.example.com v=spf1 include:amazonses.com ~all", support.line(records.mail_from_spf))
    assert.same({ "return_path", "spf" }, { records.mail_from_mx.purpose, records.mail_from_spf.purpose })
    assert.matches("calls it SPF", advice.mail_from_subdomain)
    records = support.records("kraiter", "mail.example.com", { region = VARS.region, tokens = VARS.tokens, mail_from = "return" })
    assert.equal("return.mail.example.com", records.mail_from_mx.name)
  end)

  it("has DMARC at the organizational domain, and is content with any that applies", function()
    local records, _, list = support.records("kraiter", "mail.example.com", VARS)
    assert.equal("_dmarc.example.com", records.dmarc.name)
    local zone = zone_of(list)
    assert.equal("found", (support.look("mail.example.com", list, zone)).dmarc)
    zone["_dmarc.example.com"], zone["_dmarc.mail.example.com"] = nil, { { type = "TXT", data = "v=DMARC1; p=reject" } }
    assert.equal("found", (support.look("mail.example.com", list, zone)).dmarc)
    zone["_dmarc.mail.example.com"] = nil
    assert.equal("missing", (support.look("mail.example.com", list, zone)).dmarc)
  end)

  it("leaves the mail of the domain alone", function()
    local _, _, list = support.records("kraiter", "mail.example.com", VARS)
    local zone = zone_of(list)
    zone["mail.example.com"] = { { type = "MX", data = "10 mx.example.com." } }
    zone["mx.example.com"] = { { type = "A", data = "192.0.2.2" } }
    local states, report = support.look("mail.example.com", list, zone)
    assert.equal("found", states.mail_from_mx)
    for _, finding in ipairs(report.findings) do
      assert.is_nil(finding.code:match "^mx_other")
    end
  end)

  it("looks for 72 hours, with words of its own (requirement 13)", function()
    local rule = provider.find "kraiter"
    assert.same({ 72 * 3600, "pending", "verified", "failed" },
      { rule.window, rule.statuses.pending, rule.statuses.verified, rule.statuses.failed })
    assert.matches("domains%.verify", rule.retry)
  end)

  it("advises (requirements 16 and 17)", function()
    local _, advice = support.records("kraiter", "example.com", VARS)
    assert.equal("Send from a subdomain, such as mail.example.com.", advice.sending_subdomain)
    _, advice = support.records("kraiter", "mail.example.com", VARS)
    assert.is_nil(advice.sending_subdomain)
    assert.is_string(advice.one_per_application)
    assert.is_string(advice.dmarc_early)
    assert.matches("stay in DNS", advice.clean_up)
  end)
end)

describe("Amazon SES", function()
  it("has three CNAMEs for Easy DKIM, below a zone of its region where it has one", function()
    local records = support.records("ses", "example.com", { tokens = { "a", "b", "c" } })
    assert.equal("CNAME a._domainkey.example.com a.dkim.amazonses.com", support.line(records.dkim1))
    records = support.records("ses", "example.com", { tokens = { "a", "b", "c" }, dkim_zone = "dkim.eu-south-2.amazonses.com" })
    assert.equal("a.dkim.eu-south-2.amazonses.com", records.dkim1.value)
    assert.equal("bad_var", (support.refusal("ses", "example.com", { tokens = { "a", "b", "c" }, dkim_zone = "dkim.example.com" })))
    assert.equal("Success", provider.status(provider.find "ses", "verified"))
    assert.equal("TemporaryFailure", provider.status(provider.find "ses", "temporary"))
  end)

  it("takes a key of one's own at a selector without punctuation", function()
    local records = support.records("ses", "example.com", { selector = "s2026", key = support.KEY })
    assert.same({ "s2026._domainkey.example.com", "dkim_key", support.KEY }, { records.dkim.name, records.dkim.match, records.dkim.key })
    assert.equal("bad_var", (support.refusal("ses-byodkim", "example.com", { selector = "s-1", key = support.KEY })))
    assert.equal(2048, provider.find("ses-byodkim").key.most)
  end)

  it("has MAIL FROM with exactly one MX record, and SPF", function()
    local records = support.records("ses-mail-from", "example.com", { region = "us-east-1", mail_from = "bounce" })
    assert.equal("MX bounce.example.com 10 feedback-smtp.us-east-1.amazonses.com", support.line(records.mx))
    assert.is_true(records.mx.required and records.spf.required)
    assert.equal("vars_missing", (support.refusal("ses-mail-from", "example.com", { region = "us-east-1" })))
    for _, region in ipairs { "us-gov-west-1", "ap-southeast-2", "mx-central-1" } do
      assert.is_table((support.records("ses-mail-from", "example.com", { region = region, mail_from = "b" })))
    end
    assert.equal("bad_var", (support.refusal("ses-mail-from", "example.com", { region = "europe", mail_from = "b" })))
  end)

  it("needs nothing published for a replica", function()
    local _, advice, list = support.records("ses-deed", "example.com")
    assert.same({}, list)
    assert.is_string(advice.records_of_parent)
    assert.same({ "Pending", 72 * 3600 }, { provider.status(provider.find "ses-deed", "pending"), provider.find("ses-deed").window })
  end)
end)
