return {
  title = "mail that is to be rejected: its key is revoked, and the SPF record of its aligned return address does not let it be sent",
  zone = {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=quarantine; rua=mailto:d@example.com" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = "v=DKIM1; p=" } },
    ["example.com"] = { { type = "TXT", data = "v=spf1 -all" } },
    ["bounces.example.com"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1 -all" } },
  },
  check = {
    domain = "example.com", only = { "dkim", "spf", "dmarc" }, selectors = { "s1" }, sender = "b@bounces.example.com",
    addresses = { "192.0.2.2" },
  },
  findings = {
    { code = "dkim_revoked", severity = "error" },
    { code = "spf_not_authorised", severity = "error", name = "bounces.example.com", found = "fail" },
    { code = "dmarc_fails_policy", severity = "error", name = "example.com" },
  },
  status = "error",
  report = { ["dmarc.alignment.dkim"] = false, ["dmarc.alignment.spf"] = false },
}
