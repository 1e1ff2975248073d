return {
  title = "a domain whose mail is to be signed, and that says that it receives none",
  zone = { ["example.com"] = { { type = "MX", data = "0 ." } } },
  check = { domain = "example.com", only = { "mx" }, selectors = { "s1" } },
  findings = { { code = "mx_null", severity = "warning", name = "example.com" } },
}
