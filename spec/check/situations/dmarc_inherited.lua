return {
  title = "a subdomain that the organization's DMARC record applies to",
  zone = {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; sp=quarantine; rua=mailto:dmarc@example.com" } },
    ["mail.example.com"] = { { type = "A", data = "192.0.2.1" } },
  },
  check = {
    domain = "mail.example.com", only = { "dmarc" }, expect = { { id = "dmarc", match = "dmarc_any_valid" } },
  },
  findings = {},
  absent = { "dmarc_missing" },
  records = { dmarc = { status = "found", name = "_dmarc.mail.example.com", findings = {} } },
  report = { ["dmarc.state"] = "inherited", ["dmarc.policy"] = "quarantine", ["dmarc.record_domain"] = "example.com" },
}
