return {
  title = "a logo that is not shown, for DMARC asks for nothing",
  zone = {
    ["default._bimi.example.com"] = {
      { type = "TXT", data = "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/logo.pem" },
    },
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=none; rua=mailto:d@example.com" } },
  },
  check = { domain = "example.com", only = { "bimi" } },
  findings = { { code = "bimi_needs_policy", severity = "error", name = "example.com", found = "none" } },
  status = "error",
  report = { ["bimi.enforced"] = false },
}
