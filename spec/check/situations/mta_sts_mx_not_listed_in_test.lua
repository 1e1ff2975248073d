return {
  title = "an MTA-STS policy under test that does not list the receiving host",
  zone = {
    ["example.com"] = { { type = "MX", data = "10 mx.example.com." } },
    ["_mta-sts.example.com"] = { { type = "TXT", data = "v=STSv1; id=1" } },
    ["mta-sts.example.com"] = { { type = "A", data = "192.0.2.80" } },
  },
  check = {
    domain = "example.com", only = { "mta_sts" },
    mta_sts_policy = "version: STSv1\nmode: testing\nmx: mail.example.com\nmax_age: 2419200\n",
  },
  findings = {
    { code = "mta_sts_policy_testing", severity = "advice", name = "mta-sts.example.com" },
    { code = "mta_sts_mx_not_listed_in_test", severity = "warning", name = "example.com", found = { "mx.example.com" } },
  },
  status = "warning",
}
