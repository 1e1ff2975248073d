-- The services that Kartra sends with, Mailchimp, and whoever runs mail itself.
local provider = require "mailseal.provider"
local support = require "spec.support.provider"

local line, records, refusal = support.line, support.records, support.refusal

describe("SendGrid", function()
  local VARS = { em = "em1234", user = "u1234567", wl = "wl123" }

  it("has three CNAMEs, and DMARC", function()
    local list, advice, all = records("sendgrid", "mail.example.com", VARS)
    assert.equal(4, #all)
    assert.equal("CNAME em1234.mail.example.com u1234567.wl123.sendgrid.net", line(list.em))
    assert.equal("CNAME s1._domainkey.mail.example.com s1.domainkey.u1234567.wl123.sendgrid.net", line(list.dkim1))
    assert.equal("CNAME s2._domainkey.mail.example.com s2.domainkey.u1234567.wl123.sendgrid.net", line(list.dkim2))
    assert.is_true(list.dmarc.required)
    assert.is_string(advice.underscores)
    assert.equal(48 * 3600, provider.find("sendgrid").window)
  end)

  it("has other targets in the EU, other selectors, and names for links where they are wanted", function()
    local list = records("sendgrid", "example.com", { em = "em1", user = "u1", wl = "wl1", variant = "eu", selectors = { "st", "st2" } })
    assert.equal("CNAME st2._domainkey.example.com st2.domainkey.u1.wl1.eu.sendgrid.net", line(list.dkim2))
    list = records("sendgrid", "example.com", { em = "em1", user = "u1", wl = "wl1", url = "url7" })
    assert.equal("CNAME url7.example.com sendgrid.net", line(list.link))
    assert.is_nil(list.link_owner)
    list = records("sendgrid", "example.com", { em = "em1", user = "u1", wl = "wl1", variant = "eu", url = "url7", account = "77" })
    assert.same({ "eu.sendgrid.net", "eu.sendgrid.net" }, { list.link.value, list.link_owner.value })
  end)

  it("has an MX and two TXT records where DKIM is held by hand", function()
    local vars = { sub = "em1234", selector = "m1", key = support.KEY }
    for _, id in ipairs { "sendgrid-manual", "sendgrid" } do -- the key tells which it is
      local list, _, all = records(id, "example.com", vars)
      assert.equal(3, #all)
      assert.equal("MX em1234.example.com 20 mx.sendgrid.net", line(list.mx))
      assert.equal("TXT em1234.example.com v=spf1 include:sendgrid.net ~all", line(list.spf))
      assert.equal("m1._domainkey.example.com", list.dkim.name)
    end
  end)

  it("is followed along its CNAMEs, whatever the account is (22)", function()
    local found = provider.records("sendgrid", "example.com", {}, { partial = true })
    local zone = {
      ["s1._domainkey.example.com"] = { { type = "CNAME", data = "s1.domainkey.u12.wl34.sendgrid.net." } },
      ["s2._domainkey.example.com"] = { { type = "CNAME", data = "s2.domainkey.u12.wl34.sendgrid.com." } },
      ["s1.domainkey.u12.wl34.sendgrid.net"] = { { type = "TXT", data = support.KEY } },
      ["s2.domainkey.u12.wl34.sendgrid.com"] = { { type = "TXT", data = support.KEY } },
    }
    local states, report = support.look("example.com", found, zone)
    assert.same({ "found", "mismatch" }, { states.dkim1, states.dkim2 })
    assert.equal(support.KEY, report.dkim.selectors[1].record)
  end)
end)

describe("Mailgun", function()
  local VARS = { selector = "pic", key = support.KEY }

  it("has SPF and DKIM, and takes the domain's mail only where it is to", function()
    local list, advice = records("mailgun", "mg.example.com", VARS)
    assert.equal("TXT mg.example.com v=spf1 include:mailgun.org ~all", line(list.spf))
    assert.equal("pic._domainkey.mg.example.com", list.dkim.name)
    assert.equal("CNAME email.mg.example.com mailgun.org", line(list.tracking))
    assert.is_nil(list.mx1)
    assert.is_nil(advice.inbound_takes_all)
    list, advice = records("mailgun", "mg.example.com", { selector = "pic", key = support.KEY, inbound = "yes", tracking = "no" })
    assert.equal("MX mg.example.com 10 mxa.mailgun.org", line(list.mx1))
    assert.equal("MX mg.example.com 10 mxb.mailgun.org", line(list.mx2))
    assert.is_nil(list.tracking)
    assert.matches("take all mail to mg%.example%.com", advice.inbound_takes_all)
  end)

  it("has other names in the EU", function()
    local list = records("mailgun", "mg.example.com", { selector = "pic", key = support.KEY, inbound = "yes", variant = "eu" })
    assert.same({ "eu.mailgun.org", "10 mxa.eu.mailgun.org" }, { list.tracking.value, list.mx1.value })
  end)

  it("has two CNAMEs where it changes the keys itself", function()
    local list = records("mailgun", "mg.example.com", { token = "a1b2c3" })
    assert.equal("CNAME pdk1._domainkey.mg.example.com pdk1._domainkey.a1b2c3.dkim1.mailgun.com", line(list.dkim1))
    list = records("mailgun-auto", "mg.example.com", { token = "a1b2c3", dkim_zone = "dkim2.eu.mailgun.com" })
    assert.equal("pdk2._domainkey.a1b2c3.dkim2.eu.mailgun.com", list.dkim2.value)
    assert.equal("bad_var", (refusal("mailgun-auto", "mg.example.com", { token = "xyz" })))
    local _, advice = records("mailgun-auto", "example.com", { token = "a1b2c3" })
    assert.same({ "Use a subdomain for Mailgun, such as mg.example.com.", true }, { advice.sending_subdomain, advice.rotation ~= nil })
  end)

  it("has words for domains and for records", function()
    local rule = provider.find "mailgun"
    assert.same({ "unverified", "active", "disabled", "valid", "invalid" }, {
      provider.status(rule, "pending"), provider.status(rule, "verified"), provider.status(rule, "failed"),
      provider.record_status(rule, "found"), provider.record_status(rule, "mismatch"),
    })
  end)
end)

describe("Postmark", function()
  it("has a TXT record and a return path", function()
    local list, advice = records("postmark", "example.com", { selector = "20240115103000pm", key = support.KEY })
    assert.equal("20240115103000pm._domainkey.example.com", list.dkim.name)
    assert.equal("CNAME pm-bounces.example.com pm.mtasv.net", line(list.return_path))
    assert.is_string(advice.no_spf)
    assert.is_nil(list.dkim_pending)
    assert.equal("bad_var", (refusal("postmark", "example.com", { selector = "pm", key = support.KEY })))
    local rule = provider.find "postmark"
    assert.same({ "Pending", "Verified" }, { provider.status(rule, "pending"), provider.status(rule, "verified") })
    assert.matches("stays true when the record is gone", advice.verified_for_ever)
  end)

  it("has the next key beside the one in use while it is changed (21)", function()
    local list = records("postmark", "example.com", {
      selector = "20240115103000pm", key = support.KEY, pending_selector = "20250115103000pm", pending_key = support.KEY,
      return_path = "rp",
    })
    assert.same({ "20240115103000pm._domainkey.example.com", "20250115103000pm._domainkey.example.com", "rp.example.com" },
      { list.dkim.name, list.dkim_pending.name, list.return_path.name })
  end)
end)

describe("Elastic Email", function()
  it("has SPF, and a key at the selector api", function()
    local list, advice = records("elastic-email", "example.com", { key = support.KEY })
    assert.equal("_spf.elasticemail.com", list.spf.include)
    assert.equal("api._domainkey.example.com", list.dkim.name)
    assert.equal("CNAME tracking.example.com api.elasticemail.com", line(list.tracking))
    assert.equal("email.example.com", records("elasticemail", "example.com", { key = support.KEY, tracking = "email" }).tracking.name)
    assert.matches("signs for example%.com itself", advice.strict_identity)
    assert.equal("verified", provider.record_status(provider.find "elasticemail", "found"))
  end)
end)

describe("Mailchimp", function()
  it("has two CNAMEs, DMARC, and nothing to ask for", function()
    local list, advice, all = records("mailchimp", "example.com")
    assert.equal(3, #all)
    assert.equal("CNAME k2._domainkey.example.com dkim2.mcsv.net", line(list.dkim2))
    assert.equal("CNAME k3._domainkey.example.com dkim3.mcsv.net", line(list.dkim3))
    assert.is_true(list.dmarc.required)
    assert.is_string(advice.no_spf)
    assert.same({ "Verified", "Authenticated" }, -- two steps, of which the records are the second
      { provider.status(provider.find "mailchimp", "pending"), provider.status(provider.find "mailchimp", "verified") })
  end)

  it("had one at k1 before", function()
    local list = records("mailchimp", "example.com", { variant = "k1" })
    assert.equal("CNAME k1._domainkey.example.com dkim.mcsv.net", line(list.dkim1))
    assert.is_nil(list.dkim2)
  end)
end)

describe("Mandrill", function()
  it("has two CNAMEs and DMARC, and what a domain may be proven by", function()
    local list, advice, all = records("mailchimp-transactional", "example.com")
    assert.equal(3, #all)
    assert.equal("CNAME mte1._domainkey.example.com dkim1.mandrillapp.com", line(list.dkim1))
    assert.equal("CNAME mte2._domainkey.example.com dkim2.mandrillapp.com", line(list.dkim2))
    assert.is_true(list.dmarc.required)
    assert.is_string(advice.unsigned_rejected)
    assert.equal("DKIM valid", provider.status(provider.find "mandrill", "verified"))
    assert.equal("mandrill_verify.aB1", records("mandrill", "example.com", { code = "aB1" }).verification.value)
  end)
end)

describe("Google Workspace", function()
  it("has DKIM at google, SPF, and what it is verified by", function()
    local vars = { key = support.KEY, token = "rXOxyZounnZasA8Z7oaD3c14JdjS9aKSWvsR1EbUSIQ" }
    local list, advice = records("google-workspace", "example.com", vars)
    assert.equal("google._domainkey.example.com", list.dkim.name)
    assert.equal("_spf.google.com", list.spf.include)
    assert.equal("google-site-verification=rXOxyZounnZasA8Z7oaD3c14JdjS9aKSWvsR1EbUSIQ", list.verification.value)
    assert.is_nil(list.mx)
    assert.matches("press Start authentication", advice.start)
    assert.equal("other._domainkey.example.com", records("google", "example.com", { key = support.KEY, selector = "other" }).dkim.name)
  end)

  it("takes its five MX records of before for right as well", function()
    local list = records("google", "example.com", { key = support.KEY, inbound = "yes" })
    local zone = { ["example.com"] = {} }
    for _, host in ipairs { "aspmx", "alt1.aspmx", "alt2.aspmx", "alt3.aspmx", "alt4.aspmx" } do
      table.insert(zone["example.com"], { type = "MX", data = "5 " .. host .. ".l.google.com." })
    end
    assert.equal("found", (support.look("example.com", { list.mx }, zone)).mx)
    table.remove(zone["example.com"])
    assert.equal("mismatch", (support.look("example.com", { list.mx }, zone)).mx)
  end)
end)

describe("Microsoft 365", function()
  local VARS = { tenant_prefix = "contoso", partition = "n" }

  it("has two CNAMEs, with hyphens for the domain's dots", function()
    local list = records("microsoft-365", "mail.example.com", VARS)
    assert.equal("CNAME selector1._domainkey.mail.example.com selector1-mail-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
      line(list.dkim1))
    assert.is_false(list.spf.required)
    list = records("m365-legacy", "example.com", { tenant = "contoso" })
    assert.equal("selector2-example-com._domainkey.contoso.onmicrosoft.com", list.dkim2.value)
    assert.equal("CnameMissing", provider.status(provider.find "m365", "pending"))
  end)

  it("asks for the letter of the partition, which nothing else tells", function()
    local code, message = refusal("m365", "example.com", { tenant_prefix = "contoso" })
    assert.equal("vars_missing", code)
    assert.matches("partition: the letter before %-v1 in the targets, which cannot be told from anything else", message)
  end)

  it("takes targets of either form for right, and of no other domain", function()
    local function look(id, vars, target)
      local _, _, all = records(id, "example.com", vars)
      return support.look("example.com", all, {
        ["selector1._domainkey.example.com"] = { { type = "CNAME", data = target .. "." } },
        [target] = { { type = "TXT", data = support.KEY } },
      }).dkim1
    end
    for _, target in ipairs {
      "selector1-example-com._domainkey.contoso.onmicrosoft.com", "selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
    } do
      assert.equal("found", look("m365", VARS, target))
      assert.equal("found", look("m365-legacy", { tenant = "contoso" }, target))
    end
    assert.equal("mismatch", look("m365", VARS, "selector1-example-org._domainkey.contoso.onmicrosoft.com"))
    assert.equal("mismatch", look("m365", VARS, "selector1-example-com._domainkey.contoso.r-v1.dkim.mail.microsoft"))
    assert.equal("mismatch", look("m365", { tenant_prefix = "contoso", partition = "n", tenant = "contoso" },
      "selector1-example-com._domainkey.other.onmicrosoft.com"))
  end)
end)

describe("an own server", function()
  it("has the key that mailseal made, SPF and DMARC (23)", function()
    local list, advice = records("own", "example.com", { selector = "s2026a", key_record = support.KEY })
    assert.same({ "s2026a._domainkey.example.com", support.KEY, "dkim_key" }, { list.dkim.name, list.dkim.key, list.dkim.match })
    assert.equal("TXT example.com v=spf1 mx -all", line(list.spf))
    assert.is_nil(list.mx)
    assert.matches("dkim=pass", advice.test_message)
    assert.same({ "key", 48 * 3600 }, { provider.find("own").generates, provider.find("own").window })
    list = records("own", "example.com", {
      selector = "s", key_record = support.KEY, mx = "mx.example.com", spf = "v=spf1 ip4:192.0.2.1 -all",
    })
    assert.same({ "10 mx.example.com", "v=spf1 ip4:192.0.2.1 -all" }, { list.mx.value, list.spf.value })
  end)

  it("has a CNAME where the operator publishes the keys", function()
    local list = records("own", "example.com", { selector = "s1", cname_zone = "keys.example.net", cname_label = "k7q2m4x9" })
    assert.equal("CNAME s1._domainkey.example.com k7q2m4x9.keys.example.net", line(list.dkim))
    local code, message = refusal("own", "example.com", { selector = "s1", cname_zone = "keys.example.net" })
    assert.equal("vars_missing", code)
    assert.matches("cname_label", message)
  end)

  it("takes any SPF record that works", function()
    local list = records("own", "example.com", { selector = "s1", key_record = support.KEY })
    local zone = { ["example.com"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.7 -all" } } }
    assert.equal("found", (support.look("example.com", { list.spf }, zone)).spf)
    zone["example.com"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.777 -all" } }
    assert.equal("mismatch", (support.look("example.com", { list.spf }, zone)).spf)
  end)
end)

describe("others", function()
  it("are refused a subdomain where they take none", function()
    local vars = { targets = { "a.example", "b.example" } }
    assert.equal("not_applicable", (refusal("kit", "mail.example.com", vars)))
    assert.equal("CNAME cka._domainkey.example.com b.example", line(records("kit", "example.com", vars).dkim))
  end)

  it("are followed to a DMARC record behind a CNAME", function()
    local list = records("shopify", "example.com", {
      mailers = { "m1", "m2" }, mailer_targets = { "a.example", "b.example" }, selectors = { "s1", "s2", "s3", "s4" },
      targets = { "c.example", "d.example", "e.example", "f.example" },
    })
    assert.equal("found", (support.look("example.com", { list.dmarc }, {
      ["_dmarc.example.com"] = { { type = "CNAME", data = "dmarc.shopify.example." } },
      ["dmarc.shopify.example"] = { { type = "TXT", data = "v=DMARC1; p=none" } },
    })).dmarc)
  end)

  it("may put everything below a subdomain of the account's", function()
    local list = records("customerio", "mail.example.com", { cio = "cio123", key = support.KEY })
    assert.same({ "cio123.mail.example.com", "krs._domainkey.cio123.mail.example.com", "_dmarc.example.com" },
      { list.mx1.name, list.dkim.name, list.dmarc.name })
  end)
end)
