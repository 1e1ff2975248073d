return {
  title = "an SPF record with a network that is none",
  zone = { ["example.com"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1/33 -all" } } },
  check = { domain = "example.com", only = { "spf" }, addresses = { "192.0.2.1" } },
  findings = { { code = "spf_bad_prefix", severity = "error", name = "example.com" } },
  absent = { "spf_not_authorised" },
  status = "error",
  report = { ["spf.state"] = "broken", ["spf.results.1.result"] = "permerror" },
}
