return {
  title = "a domain about whose SPF record DNS keeps silent",
  line = "a resolver's fault is never told as missing",
  zone = { ["example.com"] = { { error = "timeout" } } },
  check = { domain = "example.com", only = { "spf" } },
  findings = { { code = "dns_timeout", severity = "pending", name = "example.com" } },
  absent = { "spf_missing" },
  status = "unknown",
  report = { ["spf.state"] = "unknown" },
}
