return {
  title = "a domain with a DMARC record that asks for reports within the organization",
  zone = {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:dmarc@reports.example.com" } },
  },
  check = { domain = "example.com", only = { "dmarc" } },
  findings = {},
  absent = { "dmarc_missing", "dmarc_reports_refused", "dmarc_policy_none" },
  status = "ok",
  report = {
    ["dmarc.state"] = "ok", ["dmarc.policy"] = "reject", ["dmarc.record_domain"] = "example.com",
    ["dmarc.reports.1.result"] = "authorised",
  },
}
