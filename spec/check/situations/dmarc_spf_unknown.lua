return {
  title = "mail of which nobody can tell yet whether SPF will carry it: DNS keeps silent about an include",
  zone = {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:d@example.com" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = "v=DKIM1; p=" } },
    ["example.com"] = { { type = "TXT", data = "v=spf1 include:slow.example -all" } },
    ["slow.example"] = { { error = "timeout" } },
  },
  check = {
    domain = "example.com", only = { "dkim", "spf", "dmarc" }, selectors = { "s1" }, sender = "example.com", addresses = { "192.0.2.1" },
  },
  findings = {
    { code = "dkim_revoked", severity = "error" },
    { code = "dns_timeout", severity = "pending", name = "slow.example" },
    { code = "spf_temperror", severity = "pending" },
  },
  absent = { "dmarc_fails_policy", "dmarc_fails" },
  report = { ["dmarc.alignment.dkim"] = false, ["dmarc.alignment.spf"] = nil },
}
