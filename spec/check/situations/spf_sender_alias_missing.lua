return {
  title = "a return address below the domain whose CNAME to the mail service is not to be seen yet",
  zone = { ["example.com"] = { { type = "TXT", data = "v=spf1 -all" } } },
  check = {
    domain = "example.com", only = { "expected", "spf" }, addresses = { "192.0.2.1" }, sender = "b@em.example.com",
    expect = { { id = "em", match = "cname_target", name = "em.example.com", target = "u1.provider.example" } },
  },
  findings = { { code = "record_missing", severity = "pending", name = "em.example.com", record = "em" } },
  absent = { "spf_missing", "spf_not_authorised" },
  status = "unknown",
}
