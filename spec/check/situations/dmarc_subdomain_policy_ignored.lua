return {
  title = "a subdomain whose own DMARC record says something of subdomains, too",
  zone = {
    ["news.example.com"] = { { type = "MX", data = "10 mx.example.com." } },
    ["_dmarc.news.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; sp=quarantine; rua=mailto:d@example.com" } },
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:d@example.com" } },
  },
  check = { domain = "news.example.com", only = { "dmarc" } },
  findings = { {
    code = "dmarc_subdomain_policy_ignored", severity = "advice", name = "_dmarc.news.example.com", found = "sp=quarantine",
    where = "example.com",
  } },
  absent = { "dmarc_subdomains_weaker" },
  status = "ok",
}
