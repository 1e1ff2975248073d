local domain_connect = require "mailseal.domain_connect"
local ownership = require "mailseal.onboard.ownership"
local provider = require "mailseal.provider"
local shell = require "spec.support.shell"
local templates = require "mailseal.domain_connect.templates"

local US = { provider_id = "mailer.example", provider_name = "Mailer", sync_pub_key_domain = "keys.mailer.example" }

local function template(rule, more)
  local options = {}
  for _, of in ipairs { US, more or {} } do
    for name, value in pairs(of) do options[name] = value end
  end
  return domain_connect.template(rule, options)
end

local function by_group(found)
  local list = {}
  for _, record in ipairs(found.records) do list[record.groupId or record.type] = record end
  return list
end

describe("a template of Domain Connect", function()
  it("is made of a provider's rule", function()
    local found, doubts = assert(template "kraiter")
    assert.same({}, doubts)
    assert.same({ "mailer.example", "Mailer", "kraiter", "keys.mailer.example" },
      { found.providerId, found.providerName, found.serviceId, found.syncPubKeyDomain })
    assert.truthy(tostring(found.version):find "^20%d%d[01]%d[0-3]%d$")
    local records = by_group(found)
    assert.same({
      type = "CNAME", host = "%tokens_2%._domainkey", pointsTo = "%tokens_2%.dkim.amazonses.com", groupId = "dkim2", ttl = 3600,
    }, records.dkim2)
    assert.same({
      type = "MX", host = "%mail_from%", pointsTo = "feedback-smtp.%region%.amazonses.com", priority = 10, ttl = 3600,
      groupId = "mail_from_mx",
    }, records.mail_from_mx)
    assert.same({ type = "SPFM", host = "%mail_from%", spfRules = "include:amazonses.com", groupId = "mail_from_spf" },
      records.mail_from_spf)
    assert.same({
      type = "TXT", host = "_dmarc.%domain%.", data = "v=DMARC1; p=none; rua=mailto:dmarc@%domain%", ttl = 3600, groupId = "dmarc",
      txtConflictMatchingMode = "Prefix", txtConflictMatchingPrefix = "v=DMARC1", essential = "OnApply",
    }, records.dmarc)
  end)

  it("has the proof of ownership beside the rule's records", function()
    local record = by_group(assert(template "kraiter")).ownership
    local theirs = ownership.record("mail.example.com", "abc")
    assert.equal(theirs.name, record.host .. ".mail.example.com")
    assert.equal(theirs.value, (record.data:gsub("%%challenge%%", "abc")))
    assert.is_nil(by_group(assert(template("kraiter", { ownership = false }))).ownership)
  end)

  it("takes a rule's name that means something else there under another one", function()
    local record = by_group(assert(template "mailgun")).dkim
    assert.same({ "%selector%._domainkey", "%key_value%", "All" }, { record.host, record.data, record.txtConflictMatchingMode })
  end)

  it("has room for two keys where keys are made here, so that one can come before another one goes", function()
    local records = by_group(assert(template "own-server"))
    assert.same({ "%selector_2%._domainkey", "%key_record_2%" }, { records.dkim_2.host, records.dkim_2.data })
    local key = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    local found = assert(domain_connect.parameters("own-server", "example.com", { selector = "s1", key_record = key }, {
      zone = "example.com", second = { selector = "s2", key_record = key }, without = { "dkim", "spf", "dmarc" },
    }))
    assert.same({ { "dkim_2" }, { selector_2 = "s2", key_record_2 = key } }, { found.groups, found.variables })
  end)

  it("has no groups where it has one record", function()
    local found = assert(template("keap-legacy", { ownership = false }))
    assert.equal(1, #found.records)
    assert.is_nil(found.records[1].groupId)
  end)

  it("is another one for each variant", function()
    local found = assert(template("mailgun", { variant = "eu" }))
    assert.equal("mailgun-eu", found.serviceId)
    assert.equal("mxa.eu.mailgun.org", by_group(found).mx1.pointsTo)
    assert.equal("sendgrid-manual", assert(template("sendgrid-auto", { variant = "manual" })).serviceId)
    assert.equal("bad_var", (select(3, template("mailgun", { variant = "mars" }))))
    assert.equal("no_provider", (select(3, template "nobody")))
  end)

  it("wants a host where a record of it can stand at no zone's own name", function()
    local rule = {}
    for name, value in pairs(provider.find "keap-legacy") do rule[name] = value end
    rule.id, rule.vars = "acme", nil
    rule.records = {
      { id = "a", type = "CNAME", name = "{domain}", target = "a.example.net", purpose = "links", required = true, match = "cname_target" },
    }
    assert.is_true(assert(template(rule)).hostRequired)
    assert.is_nil(assert(template "kraiter").hostRequired)
  end)

  it("says of which records a host cannot tell what it allows", function()
    local _, doubts = assert(template "kartra")
    assert.equal(3, #doubts)
    assert.truthy(doubts[1]:find("dkim1", 1, true))
  end)

  it("refuses what makes none", function()
    for _, options in ipairs {
      {}, { provider_id = "a b", provider_name = "A" }, { provider_id = "a", provider_name = "" },
      { provider_id = "a", provider_name = "A", version = 1.5 }, { provider_id = "a", provider_name = "A", logo_url = "http://x" },
    } do
      assert.has_error(function() domain_connect.template("kraiter", options) end)
    end
    local rule = {}
    for name, value in pairs(provider.find "keap-legacy") do rule[name] = value end
    rule.id, rule.vars, rule.records = "acme", nil, {
      { id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 exists:%i.example.net ~all", purpose = "spf", required = true,
        match = "spf_include" },
    }
    assert.equal("no_template", (select(3, template(rule))))
  end)
end)

-- The published schema's rules and the linter's, in Python's jsonschema: see domain_connect_template.py.
describe("the templates of all providers", function()
  it("are valid by the rules that are published for them", function()
    local directory, count = shell.new_directory(), 0
    for _, service in ipairs(domain_connect.services()) do
      local found = assert(template(service.rule, { variant = service.variant }))
      local name = ("%s/%s.%s.json"):format(directory, found.providerId, found.serviceId)
      assert.is_false(shell.exists(name), found.serviceId)
      shell.write(name, templates.json(found))
      count = count + 1
    end
    local told = shell.run("python3 spec/support/domain_connect_template.py " .. directory .. "/*.json")
    assert.same({ "", 0 }, { told.out .. told.err, told.status })
    assert.is_true(count > 55)
    shell.remove_directory(directory)
  end)

  it("would not be, were they otherwise", function()
    local directory, text = shell.new_directory(), templates.json(assert(template "kraiter"))
    local path = directory .. "/mailer.example.kraiter.json"
    for _, change in ipairs {
      { '"version":', '"Version":' }, { '"type":"CNAME"', '"type":"CNAM"' }, { '"ttl":3600', '"ttl":-1' }, { "OnApply", "Sometimes" },
      { '"host":"%%tokens_1%%', '"host":"%%%%tokens_1' }, { '"priority":10', '"priority":"x"' }, { '"spfRules":"', '"spfRules":"v=spf1 ' },
      { '"groupId":"dkim1"', '"groupId":"%%%%a%%%%"' }, { '"providerName":"Mailer",', "" },
      { '"txtConflictMatchingMode":"Prefix"', '"txtConflictMatchingMode":"Some"' }, { "%%tokens_1%%", "%%%%key%%%%" },
      { '"groupId":"dkim1",', "" }, { '"host":"%%mail_from%%","pointsTo"', '"host":"@.","pointsTo"' },
    } do
      local changed, count = text:gsub(change[1], change[2], 1)
      assert.equal(1, count, change[1])
      shell.write(path, changed)
      assert.equal(1, shell.run("python3 spec/support/domain_connect_template.py " .. path).status, change[1])
    end
    shell.remove_directory(directory)
  end)
end)

describe("what of a template a domain needs", function()
  local KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
  local VARS = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } }

  it("is its variables, and the scope", function()
    local found = assert(domain_connect.parameters("kraiter", "mail.example.com", VARS, {
      zone = "example.com", org_domain = "example.com", challenge = "xyz",
    }))
    assert.same({
      service_id = "kraiter", host = "mail", left_out = {}, variables = {
        tokens_1 = "abc", tokens_2 = "def", tokens_3 = "ghi", region = "eu-west-1", mail_from = "bounce", challenge = "xyz",
      },
    }, found)
  end)

  it("leaves out what is there already, above all a policy", function()
    local found = assert(domain_connect.parameters("kraiter", "example.com", VARS, {
      zone = "example.com", without = { "dmarc", "dkim1", "mail_from_mx", "mail_from_spf" },
    }))
    assert.same({ { "dkim2", "dkim3" }, { tokens_2 = "def", tokens_3 = "ghi" } }, { found.groups, found.variables })
    assert.is_nil(found.host)
    local all = { "dmarc", "dkim1", "dkim2", "dkim3", "mail_from_mx", "mail_from_spf" }
    assert.equal("nothing_wanted", (select(3, domain_connect.parameters("kraiter", "example.com", VARS, { zone = "example.com",
      without = all }))))
  end)

  it("tells what stands in another zone", function()
    local found = assert(domain_connect.parameters("kraiter", "a.mail.example.com", VARS, {
      zone = "mail.example.com", org_domain = "example.com", challenge = "x",
    }))
    assert.same({ "dmarc" }, found.left_out)
    assert.equal("a", found.host)
    assert.is_nil((" " .. table.concat(found.groups, " ") .. " "):find " dmarc ")
  end)

  it("has the record of a key whole, the rules of an SPF record, and no choice that was not made", function()
    local found = assert(domain_connect.parameters("own-server", "example.com", {
      selector = "s1", key_record = KEY, spf = "v=spf1 ip4:192.0.2.1 MX -ALL",
    }, { zone = "example.com" }))
    assert.same({ selector = "s1", key_record = KEY, spf_rules = "ip4:192.0.2.1 MX" }, found.variables)
    assert.same({ "dkim", "spf", "dmarc" }, found.groups)
    found = assert(domain_connect.parameters("mailgun", "example.com", { selector = "s1", key = KEY, inbound = "yes", variant = "eu" },
      { zone = "example.com" }))
    assert.equal("mailgun-eu", found.service_id)
    assert.equal(KEY, found.variables.key_value)
    assert.same({ "spf", "dkim", "tracking", "mx1", "mx2" }, found.groups)
  end)

  it("has one record for each item of a list", function()
    local found = assert(domain_connect.parameters("klaviyo-dynamic", "example.com", {
      send = "send", name_servers = { "ns1.klaviyomail.com", "ns2.klaviyomail.com" },
    }, { zone = "example.com" }))
    assert.equal("ns2.klaviyomail.com", found.variables.name_servers_2)
    assert.is_nil(found.variables.name_servers_3)
  end)

  it("is what was pasted, without the domain at its end", function()
    local found = assert(domain_connect.parameters("kartra", "example.com", {
      hosts = { "sk1", "sk2", "sk3" }, targets = { "a.example.net", "b.example.net", "c.example.net" },
    }, { zone = "example.com" }))
    assert.equal("sk1", found.variables.hosts_1)
  end)

  it("is asked for, and never guessed", function()
    local found, _, code, missing = domain_connect.parameters("kraiter", "example.com", {}, { zone = "example.com" })
    assert.same({ nil, "vars_missing", "region" }, { found, code, missing[1].name })
    assert.has_error(function() domain_connect.parameters("kraiter", "example.com", VARS, { zone = "example.org" }) end)
  end)
end)
