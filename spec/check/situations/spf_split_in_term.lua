return {
  title = "an SPF record cut in two within a term",
  zone = {
    ["example.com"] = {
      { type = "TXT", data = "v=spf1 ip4:192.0.2.0/24 include:_spf.serv" }, { type = "TXT", data = "ice.example ~all" },
    },
    ["_spf.service.example"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.0/24 -all" } },
  },
  check = { domain = "example.com", only = { "spf" } },
  findings = { { code = "spf_split", severity = "error", name = "example.com", found = "ice.example ~all",
    expected = "v=spf1 ip4:192.0.2.0/24 include:_spf.service.example ~all" } },
  status = "error",
}
