return {
  title = "a domain whose selectors nobody has named",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900", ttl = 3600 } },
  },
  check = { domain = "example.com", only = { "dkim" } },
  findings = {
    {
      code = "dkim_no_selector",
      severity = "advice",
      aspect = "dkim",
      name = "example.com",
      fix = "Name the selector, which stands as s= in the DKIM-Signature of any message of the domain.",
    },
  },
  status = "ok",
}
