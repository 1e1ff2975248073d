local cjson = require "cjson"
local shell = require "spec.support.shell"
local unpack = table.unpack or unpack -- luacheck: ignore

local RULE = [[
return {
  id = "acme", name = "Acme Mail", source = { "https://acme.example/dns" }, checked_on = "2026-11-22", confidence = "confirmed",
  vars = { token = { text = "the token", issued_by = "provider", where = "in the panel", pattern = "%l+", example = "abc" } },
  records = { {
    id = "dkim", type = "CNAME", name = "{token}._domainkey.{domain}", target = "{token}.dkim.acme.example", purpose = "dkim",
    required = true, match = "cname_target",
  } },
}]]

local KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

local zone = ([[{
  "s1._domainkey.mail.example.com": [{ "type": "CNAME", "data": "s1.domainkey.u12.wl3.sendgrid.net." }],
  "s1.domainkey.u12.wl3.sendgrid.net": [{ "type": "TXT", "data": "KEY" }],
  "s2._domainkey.mail.example.com": [{ "type": "CNAME", "data": "s2.domainkey.u12.wl4.sendgrid.net." }],
  "s2.domainkey.u12.wl4.sendgrid.net": [{ "type": "TXT", "data": "KEY" }],
  "em1.mail.example.com": [{ "type": "CNAME", "data": "u12.wl3.sendgrid.net." }],
  "u12.wl3.sendgrid.net": [{ "type": "TXT", "data": "v=spf1 ip4:192.0.2.0/24 -all" }],
  "_dmarc.example.com": [{ "type": "TXT", "data": "v=DMARC1; p=reject; rua=mailto:d@example.com" }]
}]]):gsub("KEY", KEY)

describe("mailseal provider", function()
  local directory
  setup(function()
    directory = shell.new_directory()
    shell.write(directory .. "/acme.lua", RULE)
  end)
  teardown(function() shell.remove_directory(directory) end)

  local function run(...) return shell.mailseal { "provider", ... } end

  it("lists all of them, and one's own", function()
    local result = run("list", "--rules", directory)
    assert.matches("^acme +Acme Mail\n", result.out)
    assert.matches("\nsendgrid%-auto +Twilio SendGrid %- Automated Security on %(also sendgrid, twilio%-sendgrid%)\n", result.out)
    assert.equal(52, select(2, result.out:gsub("\n", "")))
    assert.same({ 0, "" }, { result.status, result.err })
  end)

  it("lists them as JSON, a line each", function()
    local result, ids = run("list", "--json"), {}
    for line in result.out:gmatch "[^\n]+" do
      ids[#ids + 1] = cjson.decode(line).id
    end
    assert.same({ 51, "activecampaign", "zoho-mail" }, { #ids, ids[1], ids[#ids] })
  end)

  it("shows a rule: what is published, and what it asks for", function()
    local result = run("show", "kraiter")
    assert.matches("^Kraiter %(on Amazon SES%) %(kraiter%)\n  required CNAME {tokens%.1}%._domainkey%.{domain}\n", result.out)
    assert.matches("\n    tokens: the three DKIM tokens\n      shown: in the answer to POST /domains", result.out)
    assert.matches("\n  window: 72 hours\n", result.out)
    assert.equal("kraiter", cjson.decode(run("show", "kraiter", "--json").out).id)
  end)

  it("shows its variants, and how they are asked for", function()
    local out = run("show", "sendgrid").out
    assert.matches("\n  variants, by %-%-var variant=NAME:\n    automatic: .-\n    eu: an account in the EU\n", out)
    assert.matches("\n    manual: .- %(or by giving key%): see provider sendgrid%-manual\n", out)
    out = run("show", "own").out
    assert.matches("\n    cname: .-\n      asks for:\n        cname_label: .-\n        cname_zone: ", out)
    assert.matches("\n  says of a domain: failed, pending, verified\n", out)
    assert.is_nil(out:find("says of a record", 1, true))
    assert.matches("\n  says of a domain: Pending validation %(pending%), Connected %(verified%)\n", run("show", "kartra").out)
  end)

  it("shows the records of a domain, and what is not known of them", function()
    local result = run("show", "sendgrid", "--domain", "Mail.Example.com", "--var", "user=u12", "--var", "wl=wl3")
    assert.matches("^mail%.example%.com at Twilio SendGrid", result.out)
    assert.matches("\n  required CNAME s1%._domainkey%.mail%.example%.com\n +s1%.domainkey%.u12%.wl3%.sendgrid%.net\n", result.out)
    assert.matches("\n  not known without %-%-var em=%.%.%.: the label of the return path's name, shown under ", result.out)
    local shown = cjson.decode(run("show", "kraiter", "--domain", "example.com", "--var", "tokens=a, b,c", "--var", "region=eu-west-1",
      "--json").out)
    assert.same({ "example.com", "b.dkim.amazonses.com", {} }, { shown.domain, shown.records[2].value, shown.missing })
  end)

  it("shows the rule of a variant by its own name", function()
    local result = run("show", "SendGrid", "--domain", "example.com", "--var", "variant=manual")
    assert.matches("^example%.com at Twilio SendGrid %- Automated Security off %(sendgrid%-manual%)\n", result.out)
  end)

  it("says what is wrong with what it is told", function()
    for message, arguments in pairs {
      ['there is no provider "none": mailseal provider list tells them all'] = { "show", "none" },
      ['there is no provider "Sendgird": do you mean sendgrid?'] = { "show", "Sendgird" },
      ['there is no provider "google_workspace": do you mean google-workspace?'] = { "test", "google_workspace" },
      ["--var: 'x' is not like region=eu-west-1"] = { "show", "kraiter", "--domain", "a.example", "--var", "x" },
      ["--var: 'region' is given twice"] = { "show", "kraiter", "--domain", "a.example", "--var", "region=a", "--var", "region=b" },
      ["kraiter: region is \"x\", and is to be like eu-west-1"] = { "show", "kraiter", "--domain", "a.example", "--var", "region=x" },
      ["--var is for the records of a --domain"] = { "show", "kraiter", "--var", "region=x" },
      ["'a b': a domain name must not hold the character U+0020"] = { "show", "kraiter", "--domain", "a b" },
      ["/none/a.lua: there is no such file"] = { "test", "/none/a.lua" },
    } do
      local result = run(unpack(arguments))
      assert.same({ 64, "", "mailseal provider: " .. message .. "\n" }, { result.status, result.out, result.err })
    end
    local result = run("show", "kartra", "--domain", "a.example", "--var", "smtp=mailgun")
    assert.same({ 1, "mailseal provider: Kartra (KartraMail): where Mailgun sends, DKIM is set up there. (see provider mailgun)\n" },
      { result.status, result.err })
    assert.equal(65, run("list", "--rules", directory .. "/none").status)
  end)

  it("tests rules, by their ids and by their files", function()
    local result = run("test", "keap-legacy", directory .. "/acme.lua")
    assert.same({ "keap-legacy: ok 4 of 4 as the rule says\nacme: ok 3 of 3 as the rule says\n", 0, "" },
      { result.out, result.status, result.err })
    assert.equal("ses-deed: ok nothing is to be published\n", run("test", "ses-deed").out)
    result = run("test", "--rules", directory, "--json")
    local tested = 0
    for line in result.out:gmatch "[^\n]+" do
      assert.is_true(cjson.decode(line).ok)
      tested = tested + 1
    end
    assert.same({ 52, 0 }, { tested, result.status })
  end)

  it("tells of a rule that was not looked at for a year, without calling it wrong", function()
    local result = run("test", "acme", "--rules", directory, "--time", "1900000000")
    assert.equal("acme: ok 3 of 3 as the rule says\n  warning: its facts were compared with their source on 2026-11-22, over a year ago\n",
      result.out)
    assert.equal(0, result.status)
  end)

  it("tells what a rule does not do, and what is no rule", function()
    shell.write(directory .. "/broken.txt", (RULE:gsub("cname_target", "exact")))
    local result = run("test", directory .. "/broken.txt")
    assert.same({ 65, "mailseal provider: " .. directory .. "/broken.txt: records[1].match is exact, which is for a TXT record\n" },
      { result.status, result.err })
    shell.write(directory .. "/broken.txt", "while true do end")
    assert.matches("line 1: 'while' has no place here", run("test", directory .. "/broken.txt").err)
    shell.write(directory .. "/broken.txt", (RULE:gsub('match = "cname_target",', '%0 accept = { "other.example.org" },')))
    result = run("test", directory .. "/broken.txt")
    assert.same({ 1, "acme: error 2 of 3 as the rule says\n  mismatch, dkim: found, and not mismatch\n" }, { result.status, result.out })
    for message, members in pairs {
      ["variants.x.rule is nowhere, which there is not"] = 'variants = { x = { text = "x", rule = "nowhere" } },',
      ["not_applicable[1].see is nowhere, which there is not"] =
        'not_applicable = { { when = { subdomain = "yes" }, text = "no.", see = "nowhere" } },',
    } do
      shell.write(directory .. "/broken.txt", (RULE:gsub("\n  records", function() return members .. "\n  records" end)))
      result = run("test", directory .. "/broken.txt")
      assert.same({ 1, "acme: error " .. message .. "\n" }, { result.status, result.out })
    end
  end)

  it("takes a directory of one's own from the environment, with kinds of rules side by side", function()
    local kinds = shell.new_directory()
    os.execute(("mkdir %s/provider %s/host && cp %s/acme.lua %s/provider"):format(kinds, kinds, directory, kinds))
    local result = shell.run(("MAILSEAL_RULES=%s bin/mailseal provider show acme"):format(shell.quote(kinds)))
    assert.matches("^Acme Mail %(acme%)\n", result.out)
    os.execute(("rm -r %s/provider"):format(kinds))
    assert.equal(64, shell.run(("MAILSEAL_RULES=%s bin/mailseal provider show acme"):format(shell.quote(kinds))).status)
    shell.remove_directory(kinds)
  end)
end)

describe("mailseal check --provider", function()
  local path = shell.with_zone(zone, teardown)

  local function check(...)
    return shell.mailseal { "check", "mail.example.com", "--zone", path, "--no-name-servers", "--only", "dkim,dmarc,expected", ... }
  end

  it("looks at what is known, and tells what is not", function()
    local result = check("--provider", "sendgrid", "--json")
    local report, states = cjson.decode(result.out), {}
    for _, record in ipairs(report.records) do
      states[record.id] = record.status
    end
    assert.same({ dkim1 = "found", dkim2 = "found", dmarc = "found" }, states)
    assert.same({ "sendgrid-auto", "em", "user", "wl" },
      { report.provider.id, report.provider.missing[1].name, report.provider.missing[2].name, report.provider.missing[3].name })
    assert.same({ 0, "" }, { result.status, result.err })
    assert.matches("\n  not known without %-%-var em=%.%.%.: ", check("--provider", "sendgrid").out)
  end)

  it("looks at all of it where the values are given", function()
    local result = check("--provider", "sendgrid", "--var", "em=em1", "--var", "user=u12", "--var", "wl=wl3")
    assert.matches("\n  found +CNAME +em1%.mail%.example%.com\n", result.out)
    assert.matches("\n  mismatch +CNAME +s2%._domainkey%.mail%.example%.com\n +expected: s2%.domainkey%.u12%.wl3%.sendgrid%.net\n",
      result.out)
    assert.is_nil(result.out:find("not known", 1, true))
    assert.equal(1, result.status)
  end)

  it("says of what is missing all that is to be published", function()
    local result = check("--provider", "own", "--only", "spf", "--var", "selector=s9", "--var", "key_record=" .. KEY)
    assert.matches("\n  missing +TXT +mail%.example%.com\n +expected: v=spf1 mx %-all\n", result.out)
    assert.matches("mail%.example%.com has no SPF record with v=spf1 mx %-all, .-\n +fix: Let the record be v=spf1 mx %-all;", result.out)
    result = check("--provider", "elasticemail", "--only", "spf")
    assert.matches("expected: v=spf1 a mx include:_spf%.elasticemail%.com ~all\n", result.out)
    assert.matches("\n  missing +TXT +api%._domainkey%.mail%.example%.com\n +expected: as the provider shows it\n", result.out)
    assert.matches("\n +expected: api%.elasticemail%.com %(not required%)\n", result.out)
  end)

  it("goes with a domain, and --var with it", function()
    for message, arguments in pairs {
      ["--var is for what a --provider asks for"] = { "--var", "a=b" },
      ['there is no provider "none": mailseal provider list tells them all'] = { "--provider", "none" },
    } do
      local result = check(unpack(arguments))
      assert.same({ 64, "mailseal check: " .. message .. "\n" }, { result.status, result.err })
    end
    local result = shell.mailseal { "check", "--batch", "/dev/null", "--provider", "kraiter" }
    assert.same({ 64, "mailseal check: --provider does not go with --batch\n" }, { result.status, result.err })
  end)
end)
