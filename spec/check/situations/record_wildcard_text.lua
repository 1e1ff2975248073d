local texts = require "spec.support.dkim_texts"

return {
  title = "a wildcard that answers for a selector with a text that is no key",
  line = "a wildcard that answers",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900", ttl = 3600 } },
    ["*.example.com"] = { { type = "TXT", data = "v=spf1 -all" } },
  },
  check = { domain = "example.com", selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "record_wildcard",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = "v=spf1 -all",
      retry_in = 300,
      fix = "Publish the TXT record at s1._domainkey.example.com, which then goes before the wildcard.",
    },
  },
  status = "unknown",
  retry_in = 300,
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "missing",
      findings = { "record_wildcard" }, found = "v=spf1 -all",
    },
  },
}
