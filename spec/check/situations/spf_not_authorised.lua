return {
  title = "an SPF record that does not let a sending address send",
  zone = { ["example.com"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1 ~all" } } },
  check = { domain = "example.com", only = { "spf" }, addresses = { "192.0.2.1", "192.0.2.2", "2001:db8::1" } },
  findings = {
    { code = "spf_not_authorised", severity = "error", name = "example.com", expected = "192.0.2.2", found = "softfail", where = "~all" },
    { code = "spf_not_authorised", severity = "error", name = "example.com", expected = "2001:db8::1", found = "softfail" },
  },
  status = "error",
  report = { ["spf.results.1.result"] = "pass", ["spf.results.1.matched"] = "ip4:192.0.2.1" },
}
