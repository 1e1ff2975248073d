return {
  title = "a zone that is not signed",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns.example.com. h.example.com. 1 3600 600 86400 300" } },
    ["mail.example.com"] = { { type = "A", data = "192.0.2.1" } },
  },
  check = { domain = "mail.example.com", only = { "dnssec" } },
  findings = { { code = "dnssec_unsigned", severity = "advice", aspect = "dnssec", name = "example.com" } },
  status = "ok",
  report = { ["dnssec.state"] = "unsigned", ["dnssec.zone"] = "example.com" },
}
