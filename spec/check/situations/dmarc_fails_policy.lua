return {
  title = "mail that cannot pass DMARC, and is to be rejected for that",
  zone = {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:d@example.com" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = "v=DKIM1; p=" } },
  },
  check = {
    domain = "example.com", only = { "dkim", "dmarc" }, selectors = { "s1" }, sender = "bounces@service.example",
  },
  findings = {
    { code = "dkim_revoked", severity = "error" },
    { code = "dmarc_fails_policy", severity = "error", name = "example.com" },
  },
  status = "error",
  report = { ["dmarc.alignment.dkim"] = false, ["dmarc.alignment.spf"] = false },
}
