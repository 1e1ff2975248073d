return {
  title = "a DMARC record of a public suffix that is only being tested",
  zone = { ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; t=y; psd=y; rua=mailto:d@example.com" } } },
  check = { domain = "example.com", only = { "dmarc" } },
  findings = {
    { code = "dmarc_testing", severity = "warning", name = "_dmarc.example.com" },
    { code = "dmarc_public_suffix", severity = "warning", name = "_dmarc.example.com" },
  },
  status = "warning",
  report = { ["dmarc.policy"] = "quarantine", ["dmarc.requested"] = "reject", ["dmarc.tested"] = true },
}
