return {
  title = "an SPF record at a name below the domain",
  zone = {
    ["example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["example.com.example.com"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1 -all" } },
  },
  check = { domain = "example.com", only = { "spf" } },
  findings = { { code = "spf_misplaced", severity = "error", name = "example.com", where = "example.com.example.com" } },
  absent = { "spf_missing" },
  status = "error",
  report = { ["spf.state"] = "misplaced" },
}
