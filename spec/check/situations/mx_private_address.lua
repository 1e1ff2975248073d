return {
  title = "a receiving host that has an address of the office's own network",
  zone = {
    ["example.com"] = { { type = "MX", data = "10 mx.example.com." } },
    ["mx.example.com"] = { { type = "A", data = "192.168.1.10" }, { type = "A", data = "192.0.2.1" } },
  },
  check = { domain = "example.com", only = { "mx" } },
  findings = { { code = "mx_private_address", severity = "warning", name = "mx.example.com", found = "192.168.1.10" } },
  status = "warning",
}
