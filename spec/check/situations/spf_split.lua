return {
  title = "an SPF record split over two TXT records",
  zone = {
    ["example.com"] = {
      { type = "TXT", data = "v=spf1 ip4:192.0.2.0/24" },
      { type = "TXT", data = "ip4:198.51.100.0/24 -all" },
      { type = "TXT", data = "site-verification=1" },
    },
  },
  check = { domain = "example.com", only = { "spf" } },
  findings = { {
    code = "spf_split", severity = "error", name = "example.com", found = "ip4:198.51.100.0/24 -all",
    expected = "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0/24 -all",
  } },
  status = "error",
}
