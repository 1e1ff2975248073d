return {
  title = "a return address below the domain, which has two SPF records",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=spf1 -all" } },
    ["em.example.com"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1 -all" }, { type = "TXT", data = "v=spf1 -all" } },
  },
  check = { domain = "example.com", only = { "spf" }, addresses = { "192.0.2.1" }, sender = "b@em.example.com" },
  findings = { { code = "spf_two_records", severity = "error", name = "em.example.com", found = 2 } },
  status = "error",
  report = { ["spf.state"] = "ok", ["spf.others.1.state"] = "broken", ["spf.results.1.result"] = "permerror" },
}
