local zones = require "spec.support.zones"

return {
  title = "a CNAME as expected, at whose end the mail service has not put the key yet",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "CNAME", data = "s1.dkim.provider.example." } },
    ["provider.example"] = {
      { type = "SOA", data = "ns1.provider.example. hostmaster.provider.example. 1 3600 600 86400 600", ttl = 600 },
    },
    ["s1.dkim.provider.example"] = { { type = "A", data = "192.0.2.25" } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" } },
  },
  findings = {
    {
      code = "cname_target_missing",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "one",
      expected = "s1.dkim.provider.example",
      found = "s1.dkim.provider.example",
      retry_in = 300,
      fix = "See whether the target is written as the mail service shows it; where it is, wait or ask the mail "
        .. "service for it.",
    },
  },
  status = "unknown",
  retry_in = 300,
  records = {
    one = {
      name = "s1._domainkey.example.com", type = "CNAME", status = "missing",
      findings = { "cname_target_missing" }, found = "s1.dkim.provider.example",
    },
  },
}
