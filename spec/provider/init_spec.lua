local by_id = require "spec.support.provider".by_id
local provider = require "mailseal.provider"
local expect = require "mailseal.check.expect"
local shell = require "spec.support.shell"
local texts = require "spec.support.dkim_texts"

local VARS = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } }
local ORGANIZATION = { org_domain = "example.com" }

local function refused(...)
  local records, message, code, missing = provider.records(...)
  assert.is_nil(records)
  return code, message, missing
end

local function rule(changes)
  local made = {
    id = "acme", name = "Acme", source = { "https://acme.example/dns" }, checked_on = "2026-11-22", confidence = "confirmed",
    vars = {
      token = { text = "the token", issued_by = "provider", where = "in the panel", pattern = "%l+", example = "abc" },
      extra = { text = "one more", issued_by = "customer", example = "x", optional = true },
    },
    records = { {
      id = "dkim", type = "CNAME", name = "{token}._domainkey.{domain}", target = "{token}.dkim.acme.example", purpose = "dkim",
      required = true, match = "cname_target",
    } },
  }
  for name, value in pairs(changes or {}) do
    made[name] = value
  end
  return made
end

describe("the records of a provider", function()
  it("are data, in the rule's order, with all that a check wants to know", function()
    local records, advice, missing = provider.records("kraiter", "mail.example.com", VARS, ORGANIZATION)
    assert.equal(6, #records)
    assert.same({
      id = "dkim1", type = "CNAME", name = "abc._domainkey.mail.example.com", value = "abc.dkim.amazonses.com", purpose = "dkim",
      required = true, match = "cname_target", target = "abc.dkim.amazonses.com",
    }, records[1])
    assert.equal("nothing_before", advice[1].code)
    assert.equal("Nothing is sent from mail.example.com before it is verified.", advice[1].text)
    assert.same({}, missing)
    for _, record in ipairs(records) do
      assert.is_nil(expect.problem(provider.expectation(record)))
    end
  end)

  it("take what people paste, and hold it to its pattern", function()
    local records = provider.records("kraiter", "mail.example.com", { region = " EU-West-1.\n", tokens = { "ABC", "def.", "ghi" } })
    assert.equal("abc._domainkey.mail.example.com", records[1].name)
    for message, vars in pairs {
      ['kraiter: region is "x y", and is to be like eu-west-1'] = { region = "x y" },
      ["kraiter: region is to be a text, and no list of several"] = { region = { "eu-west-1" } },
      ["kraiter: region is to be a text"] = { region = 1 },
      ["kraiter: tokens is to be a list"] = { tokens = "abc" },
      ["kraiter: mail_from has 1001 octets, and may have 1000"] = { mail_from = ("a"):rep(1001) },
      ["kraiter: tokens is to have 3 items, and has 2"] = { tokens = { "abc", "def" } },
      ['kraiter: tokens has "a" twice'] = { tokens = { "a", "b", "a" } },
      ["kraiter: tokens is neither a text nor a list of texts"] = { tokens = { "a", {}, "b" } },
      ['kraiter: tokens is "a.b", and is to be like abc'] = { tokens = { "a.b", "c", "d" } },
      ['kraiter: "colour" is none of its vars, which are mail_from, region, tokens'] = { colour = "red" },
      ["kraiter: mail_from is \"a\\027b\", and is to be like bounce"] = { mail_from = "a\27b" },
      ["kraiter: variant is of no use: it has none"] = { variant = "eu" },
    } do
      local code, told = refused("kraiter", "mail.example.com", vars)
      assert.same({ "bad_var", message }, { code, told })
    end
    assert.same({ "bad_var", "mailgun: variant is to be one of automatic, eu" }, { refused("mailgun", "a.example", { variant = "us" }) })
    for _, octets in ipairs { "a\nb", "a\0b", "a\127", "\195\188", ("a"):rep(1001) } do
      assert.equal("bad_var", (refused("mandrill", "a.example", { code = octets })))
      assert.equal("bad_var", (refused("klaviyo", "a.example", { token = octets })))
    end
    assert.equal("bad_var", (refused("mailgun", "a.example", { variant = {} })))
    assert.same({ "bad_var", "improvmx: \"x\" is no var of it: it has none" }, { refused("improvmx", "a.example", { x = "1" }) })
  end)

  it("are not guessed: what is missing is asked for, with where it is to be had", function()
    local code, message, missing = refused("kraiter", "mail.example.com", { region = "eu-west-1" })
    assert.equal("vars_missing", code)
    assert.equal("Kraiter (on Amazon SES) needs tokens (3 of them): the three DKIM tokens, such as abc, def, ghi; shown in the answer "
      .. "to POST /domains, before ._domainkey in the names of the CNAME records", message)
    assert.same({ "tokens", "provider", 3 }, { missing[1].name, missing[1].issued_by, missing[1].count })
    assert.equal(1, #missing)
    code, message, missing = refused("kraiter", "a.example")
    assert.same({ "vars_missing", "region", "tokens" }, { code, missing[1].name, missing[2].name })
    assert.matches("^Kraiter .- needs region: .- | tokens %(3 of them%): ", message)
    assert.equal("not_applicable", (refused("kartra", "a.example", { smtp = "sendgrid" })))
  end)

  it("are told as far as they are known where part of it will do", function()
    local records, _, missing = provider.records("sendgrid", "mail.example.com", {}, { partial = true })
    assert.same({ "em", "user", "wl" }, { missing[1].name, missing[2].name, missing[3].name })
    local list = by_id(records)
    assert.is_nil(list.em) -- not even its name is known
    assert.is_nil(list.dkim1.value)
    assert.same({ "s1._domainkey.mail.example.com", "s1%.domainkey%.u%d+%.wl%d*%.sendgrid%.net" }, { list.dkim1.name, list.dkim1.pattern })
    assert.equal("s1.domainkey.<user>.<wl>.sendgrid.net", list.dkim1.shown)
    list = by_id((provider.records("sendgrid", "mail.example.com", { user = "u12" }, { partial = true })))
    assert.same({ "s1%.domainkey%.u12%.wl%d*%.sendgrid%.net", "s1.domainkey.u12.<wl>.sendgrid.net" },
      { list.dkim1.pattern, list.dkim1.shown })
    list = by_id((provider.records("loops", "example.com", {}, { partial = true })))
    assert.same({ "feedback%-smtp%.%l%l[%l-]*%-%d+%.amazonses%.com", "10 feedback-smtp.<region>.amazonses.com" },
      { list.mx.pattern, list.mx.shown })
    list = by_id((provider.records("brevo", "example.com", {}, { partial = true })))
    assert.same({ "brevo%-code%:%x+", "brevo-code:<code>" }, { list.code.pattern, list.code.shown })
    for _, record in pairs(list) do
      assert.is_nil(expect.problem(provider.expectation(record)))
    end
  end)

  it("stand in DNS: names and keys are looked at", function()
    local vars = { selector = "s1", key = "v=DKIM1; k=rsa; p=AAAA" }
    assert.matches("^mailgun: the key is none: ", (select(2, refused("mailgun", "example.com", vars))))
    for bits, limits in pairs {
      ["4096 at least"] = { least = 4096 }, ["1024 at most"] = { most = 1024 }, ["512 to 1024"] = { least = 512, most = 1024 },
    } do
      local of = rule { key = limits, vars = { key = { text = "the key", issued_by = "customer", form = "key" } }, records = { {
        id = "dkim", type = "TXT", name = "a._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true, match = "dkim_key",
      } } }
      assert.same({ "bad_var", "acme: the key has 2048 bits, and is to have " .. bits },
        { refused(of, "example.com", { key = texts.good }) })
      of.key = { least = 2048, most = 2048 }
      assert.is_table((provider.records(rule(of), "example.com", { key = texts.good })))
    end
    vars.key = texts.good
    assert.equal(texts.good, by_id((provider.records("mailgun", "example.com", vars))).dkim.key)
    local long = (("a"):rep(60) .. "."):rep(4) .. "example"
    assert.equal("bad_var", (refused("mailgun", long, vars)))
    assert.equal("bad_name", (refused("mailgun", "EXAMPLE.com", vars)))
    assert.equal("bad_name", (refused("mailgun", "a b", vars)))
    assert.equal("bad_name", (refused("mailgun", "example.com", vars, { org_domain = "x y" })))
    for _, above in ipairs { "other.example", "ample.com", "www.example.com" } do
      assert.same({ "bad_name", "example.com is not within " .. above },
        { refused("mailgun", "example.com", vars, { org_domain = above }) })
    end
    assert.is_table((provider.records("mailgun", "example.com", vars, { org_domain = "example.com" })))
  end)

  it("have their domain once, where the provider shows names whole and they were pasted so", function()
    local vars = { hosts = { "a.mail.example.com", "B._domainkey.mail.example.com.", "c" }, targets = { "x.net", "y.net", "z.net" } }
    local list = by_id((provider.records("kartra", "mail.example.com", vars)))
    assert.same({ "a.mail.example.com", "b._domainkey.mail.example.com", "c.mail.example.com" },
      { list.dkim1.name, list.dkim2.name, list.dkim3.name })
    vars.hosts[1] = "a.example.com" -- another domain than this
    assert.equal("a.example.com.mail.example.com", provider.records("kartra", "mail.example.com", vars)[1].name)
  end)

  it("come with the rule that they are of", function()
    local vars = { sub = "em1", selector = "m1", key = texts.good }
    assert.equal("sendgrid-manual", select(4, provider.records("sendgrid", "example.com", vars)).id)
    assert.equal("kraiter", select(4, provider.records("kraiter", "example.com", VARS)).id)
  end)

  it("know those beside them that share their name", function()
    local list = by_id((provider.records("fastmail", "example.com")))
    assert.same({ "in2-smtp.messagingengine.com" }, list.mx1.beside)
    assert.same({ "in1-smtp.messagingengine.com" }, list.mx2.beside)
    list = provider.records("klaviyo-dynamic", "example.com", { send = "mail", name_servers = { "A.example", "b.example" } })
    assert.same({ "ns1", "mail.example.com", "a.example" }, { list[1].id, list[1].name, list[1].value })
    assert.same({ "a.example", "b.example" }, provider.expectation(list[2]).value)
  end)

  it("are refused for nobody's provider, and of a rule that is none", function()
    assert.equal('there is no provider "sendgird": do you mean sendgrid?',
      select(2, provider.find "sendgird"))
    assert.same({ "no_provider", 'there is no provider "no\\027pe": mailseal provider list tells them all' },
      { refused("no\27pe", "example.com") })
    assert.same({ "bad_rule", "the rule is none: records[1].match is mx, which is for a MX record" }, { refused(rule {
      records = { { id = "a", type = "TXT", name = "{domain}", value = "1 a", purpose = "spf", required = true, match = "mx" } },
    }, "example.com") })
    assert.equal("abc.dkim.acme.example", provider.records(rule(), "example.com", { token = "abc" })[1].value)
    assert.has_error(function() provider.records(1, "example.com") end, "provider.records wants an id or a rule, and a domain")
    assert.has_error(function() provider.records("kraiter", "example.com", "x") end, "provider.records wants vars as a table")
    assert.has_error(function() provider.find(1) end, "provider.find wants an id")
  end)
end)

describe("a provider", function()
  it("is found by its id and its aliases", function()
    for alias, id in pairs {
      sendgrid = "sendgrid-auto", ses = "ses-easy-dkim", own = "own-server", google = "google-workspace", ["microsoft-365"] = "m365",
      infusionsoft = "keap-legacy", brevo = "brevo-cname", klaviyo = "klaviyo-static", keap = "keap", zoho = "zoho-mail",
    } do
      assert.equal(id, provider.find(alias).id)
    end
    assert.same({ "sendgrid-auto", "m365" }, { provider.find("SendGrid").id, provider.find("M365").id })
    assert.is_nil((provider.find "ids"))
    assert.is_nil((provider.find "../provider/kartra"))
    assert.is_nil((provider.find "init"))
  end)

  it("has words of its own for how a domain stands", function()
    local kartra, fastmail = provider.find "kartra", provider.find "fastmail"
    assert.same({ "Pending validation", "Connected", "failed" },
      { provider.status(kartra, "pending"), provider.status(kartra, "verified"), provider.status(kartra, "failed") })
    assert.equal("pending", provider.status(fastmail, "pending"))
    assert.equal("valid", provider.record_status(provider.find "mailgun", "found"))
    assert.equal("found", provider.record_status(kartra, "found"))
  end)
end)

describe("a user's own directory of rules", function()
  local directory
  before_each(function() directory = shell.new_directory() end)
  after_each(function() shell.remove_directory(directory) end)

  local TEXT = [[
return {
  id = "%s", name = "Acme", aliases = { "acme-mail" }, source = { "https://acme.example/dns" }, checked_on = "2026-11-22",
  confidence = "confirmed", vars = { token = { text = "the token", issued_by = "provider", where = "in the panel", example = "abc" } },
  records = { {
    id = "dkim", type = "CNAME", name = "{token}._domainkey.{domain}", target = "{token}.dkim.acme.example", purpose = "dkim",
    required = true, match = "cname_target",
  } },
}]]

  it("goes before mailseal's own", function()
    shell.write(directory .. "/acme.lua", TEXT:format "acme")
    shell.write(directory .. "/kartra.lua", TEXT:format("kartra"):gsub("acme%-mail", "kartra-mail"))
    local own = assert(provider.load_directory(directory))
    assert.equal("acme", provider.find("acme-mail", own).id)
    local records = assert(provider.records("kartra", "example.com", { token = "xyz" }, { rules = own }))
    assert.equal("xyz.dkim.acme.example", records[1].value)
    local names = {}
    for _, entry in ipairs(provider.list(own)) do
      names[entry.id] = (names[entry.id] or 0) + 1
    end
    assert.same({ 1, 1, 1 }, { names.acme, names.kartra, names.kraiter })
    assert.is_nil((provider.find "acme"))
  end)

  it("is refused where two of its rules have one alias", function()
    shell.write(directory .. "/acme.lua", TEXT:format "acme")
    shell.write(directory .. "/bcme.lua", TEXT:format "bcme")
    assert.same({ nil, directory .. "/bcme.lua: the alias acme-mail is that of acme, too", "bad_rule" },
      { provider.load_directory(directory) })
    shell.write(directory .. "/bcme.lua", (TEXT:format("bcme"):gsub("acme%-mail", "acme")))
    assert.same({ nil, directory .. "/bcme.lua: the alias acme is that of acme, too", "bad_rule" },
      { provider.load_directory(directory) })
  end)

  it("is refused where a rule is none, by the place that is wrong", function()
    shell.write(directory .. "/acme.lua", (TEXT:format("acme"):gsub("CNAME", "PTR")))
    local own, message, code = provider.load_directory(directory)
    assert.same({ nil, directory .. '/acme.lua: records[1].type is "PTR", and must be one of CNAME, TXT, MX, NS', "bad_rule" },
      { own, message, code })
    shell.write(directory .. "/acme.lua", "return { id = 'acme', records = ('x'):rep(1e9) }")
    assert.matches("/acme%.lua: line 1: '%(' has no place here", (select(2, provider.load_directory(directory))))
  end)
end)

describe("a provider's rule", function()
  it("is held to what it can be used for", function()
    local function with(changes, record)
      local changed = rule(changes)
      for name, value in pairs(record or {}) do
        changed.records[1][name] = value ~= "" and value or nil
      end
      return provider.problem(changed)
    end
    local token = function(changes)
      local var = { text = "the token", issued_by = "provider", where = "in the panel", example = "abc" }
      for name, value in pairs(changes) do
        var[name] = value ~= "" and value or nil
      end
      return with { vars = { token = var } }
    end
    assert.is_nil(with())
    assert.equal("source is missing", (function() local r = rule() r.source = nil return provider.problem(r) end)())
    assert.equal("records[1].name has {colour}, which is none of vars and values", with({}, { name = "{colour}.{domain}" }))
    assert.equal("records[1].name is to end in {domain} or {org_domain}", with({}, { name = "{token}.example.com" }))
    assert.equal("records[1].name has {token.1}, and there are not so many", with({}, { name = "{token.1}.{domain}" }))
    assert.equal("records[1] is to have a target, and no value", with({}, { target = "" }))
    assert.equal("records[1].match is exact, which is for a TXT record", with({}, { match = "exact" }))
    assert.equal("records[1].target: a brace belongs to no placeholder such as {domain} or {tokens.1}", with({}, { target = "{a" }))
    assert.equal("records[1].when has token, which is no var with choices", with({}, { when = { token = "a" } }))
    assert.equal("records[1].each is no list among vars with least and most", with({}, { each = "token" }))
    assert.equal("vars.token.where is missing: where does the provider show it?", token { where = "" })
    assert.equal("vars.token.example is missing", token { example = "" })
    assert.equal('vars.token.example is "abc", and is to be of the form %d+', token { pattern = "%d+" })
    assert.equal("records[1].target has a dot at its end: names are written without", with({}, { target = "a.example." }))
    assert.equal("vars.token.pattern has a [ without its ]", token { pattern = "[" })
    assert.equal("vars.token.pattern stands for the whole value, and has no ^ and $", token { pattern = "^%l+$" })
    assert.equal("vars.token is to have either a count, or both least and most", token { least = 2, example = { "a", "b" } })
    assert.equal("records[1].name has {token}, which is a list: {token.1}", token { count = 2, example = { "a", "b" } })
    assert.equal("records[1].id is that of the record which proves the domain to mailseal: verification, for example",
      with({}, { id = "ownership" }))
    assert.equal("migrations[1].record is the id of none", with { migrations = { { record = "x", from = "a.example" } } })
    assert.equal("variants.eu.records[1].name has {x}, which is none of vars and values", with { variants = { eu = {
      text = "x", records = { {
        id = "a", type = "TXT", name = "{x}.{domain}", value = "a", purpose = "ownership", required = true, match = "exact",
      } },
    } } })
    assert.equal("variants.eu.rule leaves nothing for values, vars and records",
      with { variants = { eu = { text = "x", rule = "kartra", values = { a = "b" } } } })
    local each = { text = "names", issued_by = "customer", form = "name", least = 1, most = 3, example = { "a.example" } }
    local function record(id, list)
      return {
        id = id, type = "NS", name = "{domain}", value = list and "{list}" or "b.example", each = list, match = "ns_delegation",
        purpose = "delegation", required = true,
      }
    end
    local function listed(...) return with { vars = { list = each }, records = { ... } } end
    assert.is_nil(listed(record("ns", "list"), record "ns4"))
    assert.equal("records[2].id is another record's, too", listed(record("ns", "list"), record "ns3"))
    assert.equal("records[2].id is another record's, too", listed(record "ns1", record("ns", "list")))
    assert.equal("values.a has a brace: there are no placeholders in it", with { values = { a = "{token}" } })
    assert.equal("vars.domain has a name that is taken", with { vars = { token = rule().vars.token, domain = rule().vars.token } })
    local loop = rule()
    loop.variants = { a = loop }
    assert.is_string(provider.problem(loop))
  end)
end)
