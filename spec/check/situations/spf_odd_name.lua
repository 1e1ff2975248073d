return {
  title = "an SPF record that includes a domain with a label of 64 letters",
  zone = { ["example.com"] = { { type = "TXT", data = "v=spf1 include:" .. ("a"):rep(64) .. ".example -all" } } },
  check = { domain = "example.com", only = { "spf" } },
  findings = { { code = "spf_odd_name", severity = "error", name = "example.com" } },
  status = "error",
  report = { ["spf.state"] = "broken" },
}
