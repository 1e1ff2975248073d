return {
  title = "a domain whose DNS keeps silent",
  line = "a resolver's fault is never told as missing",
  zone = { ["example.com"] = { { error = "timeout" } } },
  check = { domain = "example.com", only = { "mx" } },
  findings = { {
    code = "dns_timeout", severity = "pending", aspect = "mx", name = "example.com", found = "timeout", retry_in = 60,
  } },
  status = "unknown",
  retry_in = 60,
}
