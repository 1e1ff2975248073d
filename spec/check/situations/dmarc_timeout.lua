return {
  title = "a domain about whose DMARC record DNS keeps silent",
  line = "a resolver's fault is never told as missing",
  zone = { ["_dmarc.example.com"] = { { error = "servfail" } } },
  check = { domain = "example.com", only = { "dmarc" }, expect = { { id = "dmarc", match = "dmarc_any_valid" } } },
  findings = { { code = "dns_servfail", severity = "pending", name = "_dmarc.example.com", retry_in = 60 } },
  absent = { "dmarc_missing", "record_missing" },
  status = "unknown",
  records = { dmarc = { status = "unknown" } },
  report = { ["dmarc.state"] = "unknown" },
}
