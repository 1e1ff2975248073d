return {
  title = "an SPF record whose include DNS keeps silent about",
  line = "a resolver's fault is never told as missing",
  zone = {
    ["1.2.0.192.in-addr.arpa"] = { { type = "PTR", data = "mail.example.com." } },
    ["mail.example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["example.com"] = { { type = "TXT", data = "v=spf1 include:slow.example -all" } },
    ["slow.example"] = { { error = "timeout" } },
  },
  check = { domain = "example.com", only = { "spf" }, addresses = { "192.0.2.1" } },
  findings = {
    { code = "dns_timeout", severity = "pending", name = "slow.example", retry_in = 60 },
    { code = "spf_temperror", severity = "pending", name = "example.com", expected = "192.0.2.1", retry_in = 60 },
  },
  status = "unknown",
}
