return {
  title = "an MTA-STS record without a host that has the policy",
  zone = { ["_mta-sts.example.com"] = { { type = "TXT", data = "v=STSv1; id=1" } } },
  check = { domain = "example.com", only = { "mta_sts" } },
  findings = { { code = "mta_sts_no_host", severity = "error", name = "mta-sts.example.com" } },
  status = "error",
  report = { ["mta_sts.state"] = "ok", ["mta_sts.host"] = false },
}
