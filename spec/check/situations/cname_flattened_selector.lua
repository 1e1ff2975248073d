local zones = require "spec.support.zones"

return {
  title = "a selector at which there are addresses",
  line = "a flattened CNAME",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "A", data = "203.0.113.5" } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "cname_flattened",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "203.0.113.5",
      fix = "Switch flattening and proxying off for this record, so that it is a plain CNAME.",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "mismatch", findings = { "cname_flattened" } },
  },
}
