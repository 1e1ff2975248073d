return {
  title = "an MX record that names a CNAME",
  zone = {
    ["example.com"] = { { type = "MX", data = "10 mail.example.com." } },
    ["mail.example.com"] = { { type = "CNAME", data = "host.example.net." } },
    ["host.example.net"] = { { type = "A", data = "192.0.2.1" } },
  },
  check = { domain = "example.com", only = { "mx" } },
  findings = { {
    code = "mx_is_cname", severity = "warning", name = "example.com", found = "mail.example.com", expected = "host.example.net",
  } },
  status = "warning",
  report = { ["mx.hosts.1.addresses"] = { "192.0.2.1" }, ["mx.hosts.1.status"] = "ok" },
}
