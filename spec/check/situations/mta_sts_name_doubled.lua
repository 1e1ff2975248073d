return {
  title = "MTA-STS and TLS reporting records at the domain itself, and below the domain twice",
  line = "a doubled zone name",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=STSv1; id=1" } },
    ["_smtp._tls.example.com.example.com"] = { { type = "TXT", data = "v=TLSRPTv1; rua=mailto:a@example.com" } },
  },
  check = { domain = "example.com", only = { "mta_sts", "tls_rpt" } },
  findings = {
    { code = "record_at_apex", severity = "error", aspect = "mta_sts", name = "_mta-sts.example.com", where = "example.com" },
    { code = "record_name_doubled", severity = "error", aspect = "tls_rpt", name = "_smtp._tls.example.com",
      where = "_smtp._tls.example.com.example.com" },
  },
  absent = { "mta_sts_missing", "tls_rpt_missing" },
  status = "error",
  report = { ["mta_sts.state"] = "misplaced", ["tls_rpt.state"] = "misplaced" },
}
