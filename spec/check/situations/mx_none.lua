return {
  title = "a domain without MX records, whose mail goes to its own address",
  zone = { ["example.com"] = { { type = "A", data = "192.0.2.1" } } },
  check = { domain = "example.com", only = { "mx" } },
  findings = { { code = "mx_none", severity = "advice", aspect = "mx", name = "example.com" } },
  status = "ok",
  report = { ["mx.own.addresses"] = { "192.0.2.1" } },
}
