return {
  title = "a DMARC record that begins with its policy",
  zone = { ["_dmarc.example.com"] = { { type = "TXT", data = "p=reject; rua=mailto:d@example.com" } } },
  check = { domain = "example.com", only = { "dmarc" } },
  findings = { { code = "dmarc_missing_version", severity = "error", name = "_dmarc.example.com" } },
  absent = { "dmarc_missing" },
  status = "error",
  report = { ["dmarc.state"] = "broken" },
}
