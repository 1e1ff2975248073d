return {
  title = "a return address in another domain, which has no SPF record",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=spf1 -all" } },
    ["example.net"] = { { type = "MX", data = "10 mx.example.net." } },
  },
  check = { domain = "example.com", only = { "spf" }, addresses = { "192.0.2.1" }, sender = "b@example.net" },
  findings = { { code = "spf_missing", severity = "warning", name = "example.net" } },
  absent = { "spf_not_authorised" },
  status = "warning",
}
