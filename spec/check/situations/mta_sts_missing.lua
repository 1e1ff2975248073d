return {
  title = "a domain without MTA-STS, TLS reports and BIMI",
  zone = { ["example.com"] = { { type = "MX", data = "10 mx.example.com." } } },
  check = { domain = "example.com", only = { "mta_sts", "tls_rpt", "bimi" } },
  findings = {
    { code = "mta_sts_missing", severity = "advice", aspect = "mta_sts", name = "_mta-sts.example.com" },
    { code = "tls_rpt_missing", severity = "advice", aspect = "tls_rpt", name = "_smtp._tls.example.com" },
  },
  status = "ok",
  report = { ["mta_sts.state"] = "none", ["tls_rpt.state"] = "none", ["bimi.state"] = "none" },
}
