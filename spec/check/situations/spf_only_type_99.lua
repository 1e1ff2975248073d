return {
  title = "an SPF record of the type SPF alone",
  zone = { ["example.com"] = { { type = "SPF", data = "v=spf1 ip4:192.0.2.1 -all" } } },
  check = { domain = "example.com", only = { "spf" } },
  findings = { { code = "spf_only_type_99", severity = "error", name = "example.com" } },
  absent = { "spf_missing" },
  status = "error",
}
