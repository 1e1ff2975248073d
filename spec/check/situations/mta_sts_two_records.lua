return {
  title = "two MTA-STS records and two TLS reporting records, and other texts beside them",
  zone = {
    ["_mta-sts.example.com"] = {
      { type = "TXT", data = "v=STSv1; id=1" }, { type = "TXT", data = "v=STSv1; id=2" }, { type = "TXT", data = "something else" },
    },
    ["_smtp._tls.example.com"] = {
      { type = "TXT", data = "v=TLSRPTv1; rua=mailto:a@example.com" }, { type = "TXT", data = "v=TLSRPTv1; rua=mailto:b@example.com" },
    },
  },
  check = { domain = "example.com", only = { "mta_sts", "tls_rpt" } },
  findings = {
    { code = "mta_sts_two_records", severity = "error", name = "_mta-sts.example.com", found = 2 },
    { code = "tls_rpt_two_records", severity = "error", name = "_smtp._tls.example.com", found = 2 },
  },
  status = "error",
  report = { ["mta_sts.state"] = "broken", ["tls_rpt.state"] = "broken" },
}
