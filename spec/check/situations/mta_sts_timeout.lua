return {
  title = "a domain about whose MTA-STS and BIMI records and policy host DNS keeps silent",
  line = "a resolver's fault is never told as missing",
  zone = {
    ["_mta-sts.example.com"] = { { type = "TXT", data = "v=STSv1; id=1" } },
    ["mta-sts.example.com"] = { { error = "timeout" } },
    ["_smtp._tls.example.com"] = { { error = "servfail" } },
  },
  check = { domain = "example.com", only = { "mta_sts", "tls_rpt" } },
  findings = {
    { code = "dns_timeout", severity = "pending", name = "mta-sts.example.com" },
    { code = "dns_servfail", severity = "pending", name = "_smtp._tls.example.com" },
  },
  absent = { "mta_sts_no_host", "tls_rpt_missing" },
  status = "unknown",
}
