return {
  title = "an MTA-STS record whose version is not in upper case",
  zone = { ["_mta-sts.example.com"] = { { type = "TXT", data = "v=stsv1; id=1" } } },
  check = { domain = "example.com", only = { "mta_sts" } },
  findings = { { code = "mta_sts_bad_version", severity = "error", name = "_mta-sts.example.com" } },
  absent = { "mta_sts_missing" },
  status = "error",
  report = { ["mta_sts.state"] = "broken" },
}
