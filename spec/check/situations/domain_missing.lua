return {
  title = "a domain that does not exist",
  zone = { ["com"] = { { type = "SOA", data = "ns.example. h.example. 1 3600 600 86400 900", ttl = 900 } } },
  check = { domain = "example.com", only = { "mx" } },
  findings = { { code = "domain_missing", severity = "pending", name = "example.com", retry_in = 900 } },
  absent = { "mx_none", "mx_nowhere" },
  status = "unknown",
}
