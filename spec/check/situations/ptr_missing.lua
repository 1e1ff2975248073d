return {
  title = "addresses without a name",
  zone = {
    ["example.com"] = {},
    ["2.0.192.in-addr.arpa"] = { { type = "SOA", data = "ns.example.net. h.example.net. 1 3600 600 86400 900", ttl = 900 } },
  },
  check = { domain = "example.com", only = { "reverse" }, addresses = { "192.0.2.1", "2001:db8::1" } },
  findings = {
    { code = "ptr_missing", severity = "error", name = "1.2.0.192.in-addr.arpa", expected = "192.0.2.1", retry_in = 900 },
    { code = "ptr_missing", severity = "error", expected = "2001:db8::1" },
  },
  status = "error",
}
