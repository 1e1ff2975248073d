local zones = require "spec.support.zones"

return {
  title = "a wildcard CNAME that answers for a selector",
  line = "a wildcard that answers",
  zone = zones.plain {
    ["*.example.com"] = { { type = "CNAME", data = "www.hosting.example." } },
    ["www.hosting.example"] = { { type = "A", data = "192.0.2.80" } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" } },
  },
  findings = {
    {
      code = "record_wildcard",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "one",
      expected = "s1.dkim.provider.example",
      found = "www.hosting.example",
      retry_in = 60,
      fix = "Publish the CNAME record at s1._domainkey.example.com, which then goes before the wildcard.",
    },
  },
  status = "unknown",
  retry_in = 60,
  records = {
    one = {
      name = "s1._domainkey.example.com", type = "CNAME", status = "missing",
      findings = { "record_wildcard" }, found = "www.hosting.example",
    },
  },
}
