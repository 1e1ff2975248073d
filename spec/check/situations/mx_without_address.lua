return {
  title = "an MX record that names a host that is gone, beside another one",
  zone = {
    ["example.com"] = { { type = "MX", data = "10 old.example.com." }, { type = "MX", data = "20 mx.example.com." } },
    ["mx.example.com"] = { { type = "A", data = "192.0.2.1" } },
  },
  check = { domain = "example.com", only = { "mx" } },
  findings = { { code = "mx_without_address", severity = "warning", name = "example.com", found = { "old.example.com" } } },
  status = "warning",
  report = { ["mx.hosts.1.status"] = "nxdomain", ["mx.hosts.2.status"] = "ok" },
}
