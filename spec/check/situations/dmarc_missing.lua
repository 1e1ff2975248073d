return {
  title = "a domain that no DMARC record applies to",
  zone = { ["example.com"] = { { type = "TXT", data = "v=spf1 -all" } } },
  check = { domain = "example.com", only = { "dmarc" } },
  findings = { { code = "dmarc_missing", severity = "warning", aspect = "dmarc", name = "_dmarc.example.com" } },
  status = "warning",
  report = { ["dmarc.state"] = "none", ["dmarc.result"] = "none" },
}
