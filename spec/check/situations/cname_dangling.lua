local zones = require "spec.support.zones"

return {
  title = "a CNAME to a name that does not exist",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "CNAME", data = "s1.gone.example." } },
    ["gone.example"] = { { type = "SOA", data = "ns1.gone.example. hostmaster.gone.example. 1 3600 600 86400 600", ttl = 600 } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "cname_target_missing",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "s1.gone.example",
      retry_in = 300,
      fix = "See whether the target is written as the mail service shows it; where it is, wait or ask the mail "
        .. "service for it.",
    },
    {
      code = "cname_dangling",
      severity = "warning",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "s1.gone.example",
      fix = "Remove the CNAME where the service is not used any more; where it is, see that the target is as the service "
        .. "shows it.",
    },
  },
  status = "unknown",
  retry_in = 300,
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "missing",
      findings = { "cname_dangling", "cname_target_missing" },
    },
  },
}
