local zones = require "spec.support.zones"

return {
  title = "a TXT record with the name of a host in it, where a key is expected",
  line = "a CNAME's target pasted into a TXT record",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = "dkim.infusionmail.com" } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "cname_target_in_txt",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "dkim.infusionmail.com",
      fix = "Remove the TXT record, and make a CNAME record of the same name with dkim.infusionmail.com as its target.",
    },
  },
  status = "error",
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "mismatch",
      findings = { "cname_target_in_txt" }, found = "dkim.infusionmail.com",
    },
  },
}
