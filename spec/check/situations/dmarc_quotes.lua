return {
  title = "a DMARC record with quotes pasted into its text",
  line = "quotes pasted into the value",
  zone = { ["_dmarc.example.com"] = { { type = "TXT", data = '"v=DMARC1; p=none"' } } },
  check = { domain = "example.com", only = { "dmarc" } },
  findings = { { code = "pasted_quotes", severity = "error", name = "_dmarc.example.com" } },
  absent = { "dmarc_missing" },
  status = "error",
  report = { ["dmarc.state"] = "broken" },
}
