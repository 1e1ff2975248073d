return {
  title = "a domain that says that it receives no mail, and where",
  zone = {
    ["example.com"] = { { type = "MX", data = "0 ." }, { type = "MX", data = "10 mx.example.com." } },
    ["mx.example.com"] = { { type = "A", data = "192.0.2.1" } },
  },
  check = { domain = "example.com", only = { "mx" } },
  findings = { { code = "mx_null_with_others", severity = "error", name = "example.com", found = { "mx.example.com" } } },
  status = "error",
}
