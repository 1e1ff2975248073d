return {
  title = "a return address in a subdomain, where only the domain itself will do",
  zone = {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=none; aspf=s; rua=mailto:d@example.com" } },
  },
  check = { domain = "example.com", only = { "dmarc" }, sender = "bounces.example.com" },
  findings = { { code = "dmarc_spf_strict", severity = "warning", found = "bounces.example.com", expected = "example.com" } },
  status = "warning",
}
