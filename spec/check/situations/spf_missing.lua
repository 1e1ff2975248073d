return {
  title = "a domain without an SPF record",
  zone = { ["example.com"] = { { type = "TXT", data = "site-verification=1" } } },
  check = { domain = "example.com", only = { "spf" } },
  findings = { { code = "spf_missing", severity = "warning", aspect = "spf", name = "example.com" } },
  status = "warning",
  report = { ["spf.state"] = "none" },
}
