return {
  title = "a logo that is not shown, for DMARC asks for nothing at the organizational domain",
  zone = {
    ["default._bimi.mail.example.com"] = {
      { type = "TXT", data = "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/logo.pem" },
    },
    ["_dmarc.mail.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:d@example.com" } },
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=none; rua=mailto:d@example.com" } },
  },
  check = { domain = "mail.example.com", only = { "bimi" } },
  findings = { { code = "bimi_needs_organization_policy", severity = "error", name = "example.com", found = "none" } },
  status = "error",
}
