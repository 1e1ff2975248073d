return {
  title = "a wildcard CNAME that answers where a delegation is expected",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900", ttl = 3600 } },
    ["*.example.com"] = { { type = "CNAME", data = "hosting.example." } },
    ["hosting.example"] = { { type = "NS", data = "ns1.hosting.example." } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "zone", match = "ns_delegation", name = "em.example.com", value = { "ns1.provider.example" } } },
  },
  findings = {
    { code = "record_wildcard", severity = "pending", name = "em.example.com", record = "zone", found = "hosting.example" },
  },
  status = "unknown",
  records = {
    zone = { status = "missing", findings = { "record_wildcard" } },
  },
}
