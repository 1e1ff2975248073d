local zones = require "spec.support.zones"

return {
  title = "a selector whose CNAMEs lead round in a circle",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "CNAME", data = "s2._domainkey.example.com." } },
    ["s2._domainkey.example.com"] = { { type = "CNAME", data = "s1._domainkey.example.com." } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "dns_cname_loop",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "cname_loop",
      retry_in = 60,
    },
  },
  status = "unknown",
  retry_in = 60,
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "unknown", findings = { "dns_cname_loop" } },
  },
}
