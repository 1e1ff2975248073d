return {
  title = "a domain that says that it shows no logo, whatever its DMARC policy",
  zone = { ["default._bimi.example.com"] = { { type = "TXT", data = "v=BIMI1; l=; a=;" } } },
  check = { domain = "example.com", only = { "bimi" } },
  findings = { { code = "bimi_declined", severity = "advice" } },
  absent = { "bimi_needs_policy" },
  status = "ok",
}
