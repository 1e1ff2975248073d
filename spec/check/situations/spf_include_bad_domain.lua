return {
  title = "an SPF record that includes one which includes a domain with a label of 64 letters",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=spf1 include:service.example -all" } },
    ["service.example"] = { { type = "TXT", data = "v=spf1 include:" .. ("a"):rep(64) .. ".example -all" } },
  },
  check = { domain = "example.com", only = { "spf" } },
  findings = { { code = "spf_include_bad_domain", severity = "error", name = "example.com", where = "service.example" } },
  status = "error",
}
