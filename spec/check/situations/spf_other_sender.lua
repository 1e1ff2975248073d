return {
  title = "a return address in another domain, whose SPF record does not let the address send",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1 -all" } },
    ["bounces.example.net"] = { { type = "TXT", data = "v=spf1 ip4:198.51.100.1 -all" } },
  },
  check = { domain = "example.com", only = { "spf" }, addresses = { "192.0.2.1" }, sender = "b@bounces.example.net" },
  findings = { {
    code = "spf_not_authorised", severity = "error", name = "bounces.example.net", expected = "192.0.2.1", found = "fail",
  } },
  status = "error",
}
