return {
  title = "a subdomain that has the weaker policy of subdomains",
  zone = {
    ["news.example.com"] = { { type = "MX", data = "10 mx.example.com." } },
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; sp=quarantine; rua=mailto:d@example.com" } },
  },
  check = { domain = "news.example.com", only = { "dmarc" } },
  findings = { { code = "dmarc_subdomains_weaker", severity = "warning", name = "_dmarc.example.com" } },
  absent = { "dmarc_subdomain_policy_ignored" },
  report = { ["dmarc.policy"] = "quarantine" },
}
