local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a CNAME to a mail service that has CNAMEs of its own",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "CNAME", data = "s1.domainkey.u1.wl1.sendgrid.example." } },
    ["s1.domainkey.u1.wl1.sendgrid.example"] = { { type = "CNAME", data = "s1.keys.sendgrid.example." } },
    ["s1.keys.sendgrid.example"] = { { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  report = {
    ["dkim.selectors.1.chain"] = { "s1.domainkey.u1.wl1.sendgrid.example", "s1.keys.sendgrid.example" },
    ["dkim.selectors.1.key.bits"] = 2048,
    ["dkim.selectors.1.state"] = "found",
  },
  findings = {},
  status = "ok",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "found", findings = {}, found = texts.good },
  },
}
