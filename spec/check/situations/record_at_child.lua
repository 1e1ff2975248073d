local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key entered in the zone of a domain below",
  line = "the record in the wrong zone",
  zone = zones.plain {
    ["mail.example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900" } },
    ["s1._domainkey.mail.example.com"] = { { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "record_at_child",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = "s1._domainkey.example.com",
      found = "s1._domainkey.mail.example.com",
      where = "s1._domainkey.mail.example.com",
      fix = "Enter it with the name s1._domainkey in the zone example.com.",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "missing", findings = { "record_at_child" } },
  },
}
