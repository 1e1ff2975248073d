return {
  title = "an SPF record that includes a mail address, of which there is no record either",
  zone = { ["example.com"] = { { type = "TXT", data = "v=spf1 include:postmaster@example.net -all" } } },
  check = { domain = "example.com", only = { "spf" } },
  findings = { { code = "spf_odd_name", severity = "error", name = "example.com", found = "include:postmaster@example.net" } },
  status = "error",
  report = { ["spf.state"] = "broken" },
}
