return {
  title = "two SPF records, of which one leaves all to another domain: no sender is lost in the one that is proposed",
  zone = {
    ["example.com"] = {
      { type = "TXT", data = "v=spf1 redirect=a.example" },
      { type = "TXT", data = "v=spf1 mx exp=why.example" },
    },
    ["a.example"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.0/24 -all" } },
  },
  check = { domain = "example.com", only = { "spf" } },
  findings = { {
    code = "spf_two_records", severity = "error", name = "example.com", found = 2,
    expected = "v=spf1 include:a.example mx ~all exp=why.example",
  } },
  status = "error",
  report = { ["spf.state"] = "broken" },
}
