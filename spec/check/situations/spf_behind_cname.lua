return {
  title = "a sending subdomain without SPF that is a CNAME to a web host",
  zone = {
    ["shop.example.com"] = { { type = "CNAME", data = "shops.host.example." } },
    ["shops.host.example"] = { { type = "A", data = "198.51.100.1" } },
  },
  check = { domain = "shop.example.com", only = { "spf" } },
  findings = { {
    code = "spf_behind_cname", severity = "warning", aspect = "spf", name = "shop.example.com", found = "shops.host.example",
  } },
  absent = { "spf_missing", "domain_missing" },
  status = "warning",
  report = { ["spf.state"] = "none" },
}
