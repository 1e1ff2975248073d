return {
  title = "a selector at which there are addresses",
  line = "a flattened CNAME",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900", ttl = 3600 } },
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
