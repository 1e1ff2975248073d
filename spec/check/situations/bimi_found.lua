return {
  title = "a subdomain that the organization's logo may be shown for",
  zone = {
    ["default._bimi.example.com"] = {
      { type = "TXT", data = "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/logo.pem" },
    },
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=quarantine; rua=mailto:d@example.com" } },
  },
  check = { domain = "mail.example.com", only = { "bimi" } },
  findings = {},
  absent = { "bimi_needs_policy" },
  status = "ok",
  report = { ["bimi.state"] = "ok", ["bimi.name"] = "default._bimi.example.com", ["bimi.enforced"] = true },
}
