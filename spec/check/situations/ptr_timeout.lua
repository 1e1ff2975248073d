return {
  title = "an address about whose name DNS keeps silent",
  line = "a resolver's fault is never told as missing",
  zone = {
    ["1.2.0.192.in-addr.arpa"] = { { error = "timeout" } },
    ["2.2.0.192.in-addr.arpa"] = { { type = "PTR", data = "mail.example.com." } },
    ["mail.example.com"] = { { error = "servfail" } },
  },
  check = { domain = "example.com", only = { "reverse" }, addresses = { "192.0.2.1", "192.0.2.2" } },
  findings = {
    { code = "dns_timeout", severity = "pending", name = "1.2.0.192.in-addr.arpa" },
    { code = "dns_servfail", severity = "pending", name = "2.2.0.192.in-addr.arpa" },
  },
  status = "unknown",
}
