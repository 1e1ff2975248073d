return {
  title = "a domain whose zone has a CNAME at its own name",
  zone = {
    ["example.com"] = {
      { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900" },
      { type = "CNAME", data = "shops.host.example." },
    },
    ["shops.host.example"] = { { type = "A", data = "198.51.100.1" } },
  },
  check = { domain = "example.com", only = { "spf", "mx" } },
  findings = {
    { code = "domain_cname_at_apex", severity = "warning", aspect = "spf", name = "example.com", found = "shops.host.example" },
  },
  absent = { "spf_missing", "spf_behind_cname", "mx_of_cname" },
}
