return {
  title = "a DMARC record expected at the organizational domain, where none applies",
  zone = {
    ["example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["mail.example.com"] = { { type = "A", data = "192.0.2.1" } },
  },
  check = {
    domain = "mail.example.com", only = { "dmarc" },
    expect = { { id = "dmarc", match = "dmarc_any_valid", name = "_dmarc.example.com" } },
  },
  findings = { { code = "record_missing", severity = "pending", name = "_dmarc.example.com", record = "dmarc" } },
  absent = { "dmarc_missing" },
  status = "unknown",
  records = { dmarc = { status = "missing" } },
}
