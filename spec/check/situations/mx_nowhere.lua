return {
  title = "a domain that replies cannot be delivered to",
  zone = { ["example.com"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1 -all" } } },
  check = { domain = "example.com", only = { "mx" } },
  findings = { { code = "mx_nowhere", severity = "warning", name = "example.com" } },
  absent = { "mx_none" },
  status = "warning",
}
