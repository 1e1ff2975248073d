return {
  title = "an SPF record that includes a domain with a label of 64 letters",
  zone = { ["example.com"] = { { type = "TXT", data = "v=spf1 include:" .. ("a"):rep(64) .. ".example -all" } } },
  check = { domain = "example.com", only = { "spf" } },
  findings = { { code = "spf_include_bad_domain", severity = "error", name = "example.com", where = "example.com" } },
  status = "error",
}
