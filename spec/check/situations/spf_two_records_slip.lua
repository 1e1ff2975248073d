return {
  title = "two SPF records, of which one cannot be read: it is told why, for the one that is proposed is without it",
  zone = {
    ["example.com"] = {
      { type = "TXT", data = "v=spf1 include:a.example, -all" },
      { type = "TXT", data = "v=spf1 mx ~all" },
    },
  },
  check = { domain = "example.com", only = { "spf" } },
  findings = {
    { code = "spf_two_records", severity = "error", name = "example.com", found = 2, expected = "v=spf1 mx ~all" },
    { code = "spf_comma", severity = "error", name = "example.com" },
  },
  status = "error",
  report = { ["spf.state"] = "broken" },
}
