return {
  title = "an SPF record with quotes pasted into its text",
  line = "quotes pasted into the value",
  zone = { ["example.com"] = { { type = "TXT", data = '"v=spf1 ip4:192.0.2.1 -all"' } } },
  check = { domain = "example.com", only = { "spf" } },
  findings = { { code = "pasted_quotes", severity = "error", name = "example.com" } },
  absent = { "spf_missing" },
  status = "error",
  report = { ["spf.state"] = "broken" },
}
