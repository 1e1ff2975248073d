local texts = require "spec.support.dkim_texts"

return {
  title = "the keys of a domain that is not registered",
  line = "pending is never told as failed",
  zone = { ["com"] = { { type = "SOA", data = "a.gtld.example. h.gtld.example. 1 3600 600 86400 900", ttl = 900 } } },
  check = { domain = "example.com", only = { "dkim", "mx" }, selectors = { "s1", "s2" }, key = texts.good },
  findings = {
    {
      code = "domain_missing",
      severity = "pending",
      aspect = "dkim",
      name = "example.com",
      retry_in = 900,
    },
  },
  absent = { "record_missing" },
  status = "unknown",
  retry_in = 900,
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "missing", findings = { "domain_missing" } },
    s2 = { name = "s2._domainkey.example.com", type = "TXT", status = "missing", findings = { "domain_missing" } },
  },
}
