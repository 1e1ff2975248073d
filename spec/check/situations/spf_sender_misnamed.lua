return {
  title = "the SPF record of a return address below the domain at a name below that",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=spf1 -all" } },
    ["em.example.com"] = { { type = "MX", data = "10 mx.provider.example." } },
    ["_spf.em.example.com"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1 -all" } },
  },
  check = { domain = "example.com", only = { "spf" }, addresses = { "192.0.2.1" }, sender = "em.example.com" },
  findings = { { code = "record_misnamed", severity = "error", name = "em.example.com", where = "_spf.em.example.com" } },
  status = "error",
}
