local zones = require "spec.support.zones"

return {
  title = "a selector with two CNAMEs",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "CNAME", data = "a.provider.example." }, { type = "CNAME", data = "b.provider.example." } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "dns_cname_conflict",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "cname_conflict",
      retry_in = 60,
    },
  },
  status = "unknown",
  retry_in = 60,
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "unknown", findings = { "dns_cname_conflict" } },
  },
}
