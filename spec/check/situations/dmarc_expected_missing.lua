return {
  title = "a domain without the DMARC record that is expected there",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns.example.com. h.example.com. 1 3600 600 86400 900", ttl = 900 } },
  },
  check = { domain = "example.com", only = { "dmarc" }, expect = { { id = "dmarc", match = "dmarc_any_valid" } } },
  findings = { { code = "record_missing", severity = "pending", name = "_dmarc.example.com", record = "dmarc", retry_in = 900 } },
  absent = { "dmarc_missing" },
  status = "unknown",
  records = { dmarc = { status = "missing", findings = { "record_missing" } } },
}
