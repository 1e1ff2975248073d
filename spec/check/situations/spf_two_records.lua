return {
  title = "two SPF records",
  line = "two SPF records",
  zone = {
    ["1.2.0.192.in-addr.arpa"] = { { type = "PTR", data = "mail.example.com." } },
    ["mail.example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["example.com"] = {
      { type = "TXT", data = "v=spf1 include:a.example ~all" },
      { type = "TXT", data = "v=spf1 include:b.example include:A.example -all" },
    },
    ["a.example"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.0/24 -all" } },
    ["b.example"] = { { type = "TXT", data = "v=spf1 ip4:198.51.100.0/24 -all" } },
  },
  check = { domain = "example.com", only = { "spf" }, addresses = { "192.0.2.1" } },
  findings = { {
    code = "spf_two_records", severity = "error", name = "example.com", found = 2,
    expected = "v=spf1 include:a.example include:b.example ~all",
  } },
  status = "error",
  report = { ["spf.state"] = "broken", ["spf.results.1.result"] = "permerror" },
}
