return {
  title = "a domain with MTA-STS in force for all of its hosts, and with TLS reports",
  zone = {
    ["example.com"] = { { type = "MX", data = "10 mx.example.com." }, { type = "MX", data = "20 mx2.example.net." } },
    ["_mta-sts.example.com"] = { { type = "TXT", data = "v=STSv1; id=20260101120000" } },
    ["mta-sts.example.com"] = { { type = "A", data = "192.0.2.80" } },
    ["_smtp._tls.example.com"] = { { type = "TXT", data = "v=TLSRPTv1; rua=mailto:tls@example.com" } },
  },
  check = {
    domain = "example.com", only = { "mta_sts", "tls_rpt" },
    mta_sts_policy = "version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmx: *.example.net\r\nmax_age: 2419200\r\n",
  },
  findings = {},
  absent = { "mta_sts_missing", "tls_rpt_missing", "mta_sts_policy_testing" },
  status = "ok",
  report = { ["mta_sts.state"] = "ok", ["mta_sts.host"] = true, ["mta_sts.policy.mode"] = "enforce", ["tls_rpt.state"] = "ok" },
}
