return {
  title = "a domain that mail is sent as, and that says that it receives none",
  zone = {
    ["example.com"] = { { type = "MX", data = "0 ." }, { type = "TXT", data = "v=spf1 ip4:192.0.2.1 -all" } },
  },
  check = { domain = "example.com", only = { "mx" } },
  findings = { { code = "mx_null", severity = "warning", name = "example.com" } },
  status = "warning",
  report = { ["mx.null"] = true },
}
