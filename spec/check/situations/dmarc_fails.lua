return {
  title = "mail that cannot pass DMARC: a revoked key and a return address of another organization",
  zone = {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=none; rua=mailto:d@example.com" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = "v=DKIM1; p=" } },
  },
  check = {
    domain = "example.com", only = { "dkim", "dmarc" }, selectors = { "s1" }, sender = "bounces@service.example",
  },
  findings = {
    { code = "dkim_revoked", severity = "error" },
    { code = "dmarc_fails", severity = "warning", name = "example.com" },
  },
  status = "error",
}
