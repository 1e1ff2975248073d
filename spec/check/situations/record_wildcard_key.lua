local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a wildcard that answers for a selector with another key",
  line = "a wildcard that answers",
  zone = zones.plain {
    ["*.example.com"] = { { type = "TXT", data = texts.other } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "record_wildcard",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = texts.other,
      retry_in = 300,
      fix = "Publish the TXT record at s1._domainkey.example.com, which then goes before the wildcard.",
    },
  },
  status = "unknown",
  retry_in = 300,
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "missing",
      findings = { "record_wildcard" }, found = texts.other,
    },
  },
}
