return {
  title = "an MTA-STS policy in force that does not list one of the receiving hosts",
  zone = {
    ["example.com"] = { { type = "MX", data = "10 mx.example.com." }, { type = "MX", data = "20 a.b.example.net." } },
    ["_mta-sts.example.com"] = { { type = "TXT", data = "v=STSv1; id=1" } },
    ["mta-sts.example.com"] = { { type = "CNAME", data = "web.example.net." } },
    ["web.example.net"] = { { type = "AAAA", data = "2001:db8::80" } },
  },
  check = {
    domain = "example.com", only = { "mta_sts" },
    mta_sts_policy = "version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmx: *.example.net\r\nmax_age: 2419200\r\n",
  },
  findings = { {
    code = "mta_sts_mx_not_listed", severity = "error", name = "example.com", found = { "a.b.example.net" },
    expected = { "mx.example.com", "*.example.net" },
  } },
  status = "error",
}
