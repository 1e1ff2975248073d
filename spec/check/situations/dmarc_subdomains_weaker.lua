return {
  title = "an organizational domain whose subdomains have a weaker policy",
  zone = { ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; sp=quarantine; rua=mailto:d@example.com" } } },
  check = { domain = "example.com", only = { "dmarc" } },
  findings = { { code = "dmarc_subdomains_weaker", severity = "warning", name = "_dmarc.example.com", found = "sp=quarantine" } },
  absent = { "dmarc_subdomain_policy_ignored" },
  status = "warning",
}
