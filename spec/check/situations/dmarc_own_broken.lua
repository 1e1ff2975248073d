return {
  title = "a subdomain whose own DMARC records void each other, below an organization that has one",
  zone = {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:d@example.com" } },
    ["_dmarc.mail.example.com"] = { { type = "TXT", data = "v=DMARC1; p=none" }, { type = "TXT", data = "v=DMARC1; p=reject" } },
  },
  check = { domain = "mail.example.com", only = { "dmarc" } },
  findings = { { code = "dmarc_two_records", severity = "error", name = "_dmarc.mail.example.com", found = 2 } },
  status = "error",
  report = { ["dmarc.state"] = "inherited", ["dmarc.policy"] = "reject" },
}
