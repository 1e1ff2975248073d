return {
  title = "a subdomain without a DMARC record, below a domain whose record lacks a semicolon",
  zone = {
    ["mail.example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1 p=reject; rua=mailto:d@example.com" } },
  },
  check = { domain = "mail.example.com", only = { "dmarc" } },
  findings = { { code = "tag_missing_semicolon", severity = "error", name = "_dmarc.example.com" } },
  absent = { "dmarc_missing" },
  status = "error",
  report = { ["dmarc.state"] = "broken" },
}
