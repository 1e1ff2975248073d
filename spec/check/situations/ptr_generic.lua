return {
  title = "an address whose name says no more than the address",
  zone = {
    ["10.2.0.192.in-addr.arpa"] = { { type = "PTR", data = "ip-10.2.0.192.provider.example." } },
    ["ip-10.2.0.192.provider.example"] = { { type = "A", data = "192.0.2.10" } },
    ["11.2.0.192.in-addr.arpa"] = { { type = "PTR", data = "192-000-002-011.pool.provider.example." } },
    ["192-000-002-011.pool.provider.example"] = { { type = "A", data = "192.0.2.11" } },
    ["12.2.0.192.in-addr.arpa"] = { { type = "PTR", data = "mail2.example.com." } },
    ["mail2.example.com"] = { { type = "A", data = "192.0.2.12" } },
  },
  check = { domain = "example.com", only = { "reverse" }, addresses = { "192.0.2.10", "192.0.2.11", "192.0.2.12" } },
  findings = {
    { code = "ptr_generic", severity = "warning", expected = "192.0.2.10", found = "ip-10.2.0.192.provider.example" },
    { code = "ptr_generic", severity = "warning", expected = "192.0.2.11", found = "192-000-002-011.pool.provider.example" },
  },
  status = "warning",
  report = { ["reverse.3.confirmed"] = { "mail2.example.com" } },
}
