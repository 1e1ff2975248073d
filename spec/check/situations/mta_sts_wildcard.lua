return {
  title = "texts of a wildcard where MTA-STS and TLS reporting records would be",
  zone = { ["*.example.com"] = { { type = "TXT", data = "site-verification=1" } } },
  check = { domain = "example.com", only = { "mta_sts", "tls_rpt", "bimi" } },
  findings = { { code = "mta_sts_missing", severity = "advice" }, { code = "tls_rpt_missing", severity = "advice" } },
  status = "ok",
}
