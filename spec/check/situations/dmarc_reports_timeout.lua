return {
  title = "a DMARC record that asks for reports to another organization, about whose leave DNS keeps silent",
  line = "a resolver's fault is never told as missing",
  zone = {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:d@taker.example" } },
    ["example.com._report._dmarc.taker.example"] = { { error = "timeout" } },
  },
  check = { domain = "example.com", only = { "dmarc" } },
  findings = { { code = "dns_timeout", severity = "pending", name = "example.com._report._dmarc.taker.example" } },
  absent = { "dmarc_reports_refused" },
  status = "unknown",
}
