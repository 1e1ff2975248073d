return {
  title = "an address that will be let send by an include that is not to be seen yet",
  zone = { ["example.com"] = { { type = "TXT", data = "v=spf1 ip4:198.51.100.1 -all", ttl = 600 } } },
  check = {
    domain = "example.com", only = { "spf" }, addresses = { "192.0.2.1" },
    expect = { { id = "spf", match = "spf_include", include = "spf.provider.example" } },
  },
  findings = { { code = "spf_include_missing", severity = "pending", name = "example.com", record = "spf", retry_in = 600 } },
  absent = { "spf_not_authorised" },
  status = "unknown",
  report = { ["spf.results.1.result"] = "fail" },
}
