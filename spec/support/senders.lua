--- Domains as customers of mail services set them up, with the services' own zones: all of them in order.
--
-- Names, targets and includes are those that the services tell their customers to publish; addresses and keys are not theirs.
local texts = require "spec.support.dkim_texts"

local M = {}

-- ---- The zones that are not the customer's.

local function zone_of(zone, name, ...)
  zone[name] = {
    { type = "SOA", data = ("ns1.dns.example. hostmaster.%s. 1 3600 600 86400 900"):format(name) },
    { type = "NS", data = "ns1.dns.example." }, { type = "NS", data = "ns2.dns.example." }, ...,
  }
end

local function add(zone, name, type, data, ttl)
  zone[name] = zone[name] or {}
  table.insert(zone[name], { type = type, data = data, ttl = ttl })
end

local function addresses(zone, name, v4, v6)
  if v4 then add(zone, name, "A", v4) end
  if v6 then add(zone, name, "AAAA", v6) end
end

local function add_google(zone)
  zone_of(zone, "google.com")
  add(zone, "_spf.google.com", "TXT",
    "v=spf1 include:_netblocks.google.com include:_netblocks2.google.com include:_netblocks3.google.com ~all")
  add(zone, "_netblocks.google.com", "TXT", "v=spf1 ip4:192.0.2.0/26 ~all")
  add(zone, "_netblocks2.google.com", "TXT", "v=spf1 ip6:2001:db8:1::/48 ~all")
  add(zone, "_netblocks3.google.com", "TXT", "v=spf1 ip4:192.0.2.64/28 ~all")
  for i, host in ipairs { "smtp.google.com", "aspmx.l.google.com", "alt1.aspmx.l.google.com" } do
    addresses(zone, host, "203.0.113." .. i, "2001:db8:1::" .. i)
  end
  addresses(zone, "mail-sor-f41.google.com", "192.0.2.41")
  add(zone, "41.2.0.192.in-addr.arpa", "PTR", "mail-sor-f41.google.com.")
end

local function add_microsoft(zone)
  zone_of(zone, "outlook.com")
  add(zone, "spf.protection.outlook.com", "TXT", "v=spf1 ip4:192.0.2.80/28 ip6:2001:db8:2::/48 -all")
  addresses(zone, "example-com.mail.protection.outlook.com", "203.0.113.20")
  zone_of(zone, "dkim.mail.microsoft")
  for _, selector in ipairs { "selector1", "selector2" } do
    add(zone, selector .. "-example-com._domainkey.contoso.r-v1.dkim.mail.microsoft", "TXT", texts.good)
  end
end

local function add_sendgrid(zone)
  zone_of(zone, "sendgrid.net")
  local account = "u1234567.wl123.sendgrid.net"
  add(zone, account, "MX", "10 mx.sendgrid.net.")
  add(zone, account, "TXT", "v=spf1 ip4:192.0.2.96/28 ~all")
  addresses(zone, "mx.sendgrid.net", "203.0.113.30")
  for _, selector in ipairs { "s1", "s2" } do
    add(zone, selector .. ".domainkey." .. account, "TXT", "k=rsa; t=s; p=" .. texts.good:match "p=(.*)$")
  end
  addresses(zone, "o1.ptr1234.sendgrid.net", "192.0.2.100")
  add(zone, "100.2.0.192.in-addr.arpa", "PTR", "o1.ptr1234.sendgrid.net.")
end

M.SES_TOKENS = { "pqrstuvwxyz234567abcdefghijklmno", "q2rstuvwxyz234567abcdefghijklmno", "r3rstuvwxyz234567abcdefghijklmno" }

local function add_ses(zone)
  zone_of(zone, "amazonses.com", { type = "TXT", data = "v=spf1 ip4:192.0.2.112/28 -all" })
  addresses(zone, "feedback-smtp.eu-west-1.amazonses.com", "203.0.113.40")
  for _, token in ipairs(M.SES_TOKENS) do
    add(zone, token .. ".dkim.amazonses.com", "TXT", "p=" .. texts.good:match "p=(.*)$")
  end
  addresses(zone, "a1-120.smtp-out.eu-west-1.amazonses.com", "192.0.2.120")
  add(zone, "120.2.0.192.in-addr.arpa", "PTR", "a1-120.smtp-out.eu-west-1.amazonses.com.")
end

local function add_mailchimp(zone)
  zone_of(zone, "mcsv.net")
  for _, selector in ipairs { "dkim2", "dkim3" } do
    add(zone, selector .. ".mcsv.net", "TXT", texts.good)
  end
end

-- All that the customers' domains lead to, and their own zone's apex.
local function internet(domain, ...)
  local zone = {}
  zone_of(zone, "dns.example")
  addresses(zone, "ns1.dns.example", "198.51.100.1", "2001:db8:53::1")
  addresses(zone, "ns2.dns.example", "198.51.100.2")
  for _, top in ipairs { "com", "net", "microsoft", "example", "2.0.192.in-addr.arpa", "8.b.d.0.1.0.0.2.ip6.arpa" } do
    zone_of(zone, top)
  end
  add_google(zone)
  add_microsoft(zone)
  add_sendgrid(zone)
  add_ses(zone)
  add_mailchimp(zone)
  zone_of(zone, domain, ...)
  return zone
end

local function text(data) return { type = "TXT", data = data } end

local function mx(data) return { type = "MX", data = data } end

local REJECT = "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"

-- ---- The customers.

local function google()
  local zone = internet("example.com", mx "1 smtp.google.com.", text "v=spf1 include:_spf.google.com ~all",
    text "google-site-verification=rXOxyZounnZasA8Z7oaD3c14JdjS9aKSWvsR1EbUSIQ")
  add(zone, "google._domainkey.example.com", "TXT", texts.good)
  add(zone, "_dmarc.example.com", "TXT", REJECT)
  return zone, { selectors = { "google" }, key = texts.good, addresses = { "192.0.2.41" }, expect = {
    { id = "spf", match = "spf_include", include = "_spf.google.com" }, { id = "mx", match = "mx", value = "1 smtp.google.com" },
    { id = "dmarc", match = "dmarc_any_valid" },
  } }
end

local function microsoft()
  local zone = internet("example.com", mx "0 example-com.mail.protection.outlook.com.",
    text "v=spf1 include:spf.protection.outlook.com -all", text "MS=ms12345678")
  for _, selector in ipairs { "selector1", "selector2" } do
    add(zone, selector .. "._domainkey.example.com", "CNAME", selector .. "-example-com._domainkey.contoso.r-v1.dkim.mail.microsoft.")
  end
  add(zone, "_dmarc.example.com", "TXT", "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com; ruf=mailto:dmarc@example.com")
  return zone, { selectors = { "selector1", "selector2" }, expect = {
    { id = "spf", match = "spf_include", include = "spf.protection.outlook.com" },
  } }
end

local function sendgrid()
  local zone = internet("example.com", mx "1 smtp.google.com.", text "v=spf1 include:_spf.google.com ~all")
  add(zone, "em4711.example.com", "CNAME", "u1234567.wl123.sendgrid.net.")
  for _, selector in ipairs { "s1", "s2" } do
    add(zone, selector .. "._domainkey.example.com", "CNAME", selector .. ".domainkey.u1234567.wl123.sendgrid.net.")
  end
  add(zone, "_dmarc.example.com", "TXT", "v=DMARC1; p=none; rua=mailto:dmarc@example.com")
  return zone, { selectors = { "s1", "s2" }, sender = "bounces+1-a=b.example@em4711.example.com", addresses = { "192.0.2.100" },
    expect = {
      { id = "em", match = "cname_target", name = "em4711.example.com", target = "u1234567.wl123.sendgrid.net" },
      { id = "dmarc", match = "dmarc_any_valid" },
    } }
end

local function ses()
  local zone = internet("example.com", mx "10 aspmx.l.google.com.", mx "20 alt1.aspmx.l.google.com.",
    text "v=spf1 include:_spf.google.com -all")
  local expect = {
    { id = "mx", match = "mx", name = "bounce.example.com", value = "10 feedback-smtp.eu-west-1.amazonses.com" },
    { id = "spf", match = "spf_include", name = "bounce.example.com", include = "amazonses.com" },
  }
  for i, token in ipairs(M.SES_TOKENS) do
    add(zone, token .. "._domainkey.example.com", "CNAME", token .. ".dkim.amazonses.com.")
    table.insert(expect, {
      id = "dkim" .. i, match = "cname_target", name = token .. "._domainkey.example.com", target = token .. ".dkim.amazonses.com",
    })
  end
  add(zone, "bounce.example.com", "MX", "10 feedback-smtp.eu-west-1.amazonses.com.")
  add(zone, "bounce.example.com", "TXT", "v=spf1 include:amazonses.com ~all")
  add(zone, "_dmarc.example.com", "TXT", REJECT)
  return zone, { selectors = { M.SES_TOKENS[1] }, sender = "bounce.example.com", addresses = { "192.0.2.120" }, expect = expect }
end

local function mailchimp()
  local zone = internet("example.com", mx "0 example-com.mail.protection.outlook.com.",
    text "v=spf1 include:spf.protection.outlook.com ~all")
  add(zone, "k2._domainkey.example.com", "CNAME", "dkim2.mcsv.net.")
  add(zone, "k3._domainkey.example.com", "CNAME", "dkim3.mcsv.net.")
  add(zone, "_dmarc.example.com", "TXT", "v=DMARC1; p=none; rua=mailto:dmarc@example.com")
  return zone, { selectors = { "k2", "k3" }, sender = "bounce-mc.us1_1@mail1.suw1.mcsv.net" }
end

local function parked()
  local zone = internet("example.com", mx "0 .", text "v=spf1 -all")
  add(zone, "_dmarc.example.com", "TXT", "v=DMARC1; p=reject;")
  add(zone, "*._domainkey.example.com", "TXT", "v=DKIM1; p=")
  return zone, {}
end

local function receiving()
  local zone = internet("example.com", mx "1 smtp.google.com.", text "v=spf1 -all")
  add(zone, "_dmarc.example.com", "TXT", REJECT)
  return zone, {}
end

local function subdomain()
  local zone = internet("example.com", mx "1 smtp.google.com.", text "v=spf1 include:_spf.google.com ~all")
  add(zone, "_dmarc.example.com", "TXT", "v=DMARC1; p=reject; rua=mailto:dmarc@example.com")
  add(zone, "news.example.com", "MX", "10 mx.sendgrid.net.")
  add(zone, "news.example.com", "TXT", "v=spf1 ip4:192.0.2.96/28 -all")
  add(zone, "m1._domainkey.news.example.com", "TXT", texts.good)
  return zone, { domain = "news.example.com", selectors = { "m1" }, key = texts.good, addresses = { "192.0.2.100" }, expect = {
    { id = "dmarc", match = "dmarc_any_valid" },
  } }
end

-- Everything that a domain can have, at a server of its own, by IPv6 alone.
local function complete()
  local zone = internet("example.com", mx "10 mx.example.com.", text "v=spf1 mx -all")
  addresses(zone, "mx.example.com", nil, "2001:db8::25")
  add(zone, ("5.2.0.0." .. ("0.0.0.0."):rep(5)) .. "8.b.d.0.1.0.0.2.ip6.arpa", "PTR", "mx.example.com.")
  add(zone, "s1._domainkey.example.com", "TXT", texts.good)
  add(zone, "s2._domainkey.example.com", "TXT", texts.ed25519)
  add(zone, "_dmarc.example.com", "TXT", "v=DMARC1; p=reject; rua=mailto:a@reports.example; adkim=s; aspf=s")
  add(zone, "example.com._report._dmarc.reports.example", "TXT", "v=DMARC1;")
  add(zone, "_mta-sts.example.com", "TXT", "v=STSv1; id=20260101;")
  addresses(zone, "mta-sts.example.com", nil, "2001:db8::443")
  add(zone, "_smtp._tls.example.com", "TXT", "v=TLSRPTv1; rua=mailto:tls@example.com,https://tls.example.com/v1")
  add(zone, "default._bimi.example.com", "TXT", "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/logo.pem")
  return zone, {
    selectors = { "s1", "s2" }, addresses = { "2001:db8::25" }, helo = "mx.example.com",
    mta_sts_policy = "version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmax_age: 604800\r\n",
  }
end

--- The customers: each a function that returns a new zone, as `mailseal.dns.zone` takes it, and the options of a check, with `domain`
-- where that is not example.com.
M.customers = {
  google = google, microsoft = microsoft, sendgrid = sendgrid, ses = ses, mailchimp = mailchimp, parked = parked,
  receiving = receiving, subdomain = subdomain, complete = complete,
}

return M
