return {
  title = "an MX record with an address, which an MTA-STS policy cannot list",
  zone = {
    ["example.com"] = { { type = "MX", data = "10 192.0.2.1." } },
    ["_mta-sts.example.com"] = { { type = "TXT", data = "v=STSv1; id=1" } },
    ["mta-sts.example.com"] = { { type = "A", data = "192.0.2.80" } },
  },
  check = {
    domain = "example.com", only = { "mx", "mta_sts" },
    mta_sts_policy = "version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 604800\n",
  },
  findings = { { code = "mx_is_address", severity = "error", found = "192.0.2.1" } },
  absent = { "mta_sts_mx_not_listed" },
  status = "error",
}
