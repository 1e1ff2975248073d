local zones = require "spec.support.zones"

return {
  title = "a text that is no key",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = "mail service verification: 1" } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "dkim_not_a_key",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "mail service verification: 1",
    },
  },
  status = "error",
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "mismatch",
      findings = { "dkim_not_a_key" }, found = "mail service verification: 1",
    },
  },
}
