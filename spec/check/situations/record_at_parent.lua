local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key of a subdomain entered in the zone above",
  line = "the record in the wrong zone",
  zone = zones.plain {
    ["mail.example.com"] = { { type = "MX", data = "10 mx.example.com." } },
    ["mx.example.com"] = { { type = "A", data = "192.0.2.5" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  },
  check = { domain = "mail.example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "record_at_parent",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.mail.example.com",
      record = "s1",
      expected = "s1._domainkey.mail.example.com",
      found = "s1._domainkey.example.com",
      where = "s1._domainkey.example.com",
      fix = "Enter it with the name s1._domainkey.mail in the zone example.com.",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.mail.example.com", type = "TXT", status = "missing", findings = { "record_at_parent" } },
  },
}
