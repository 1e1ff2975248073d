return {
  title = "an address whose name has other addresses",
  zone = {
    ["1.2.0.192.in-addr.arpa"] = { { type = "PTR", data = "mail.example.com." } },
    ["mail.example.com"] = { { type = "A", data = "192.0.2.99" } },
  },
  check = { domain = "example.com", only = { "reverse" }, addresses = { "192.0.2.1" } },
  findings = { {
    code = "ptr_unconfirmed", severity = "error", name = "1.2.0.192.in-addr.arpa", expected = "192.0.2.1", found = { "mail.example.com" },
  } },
  status = "error",
}
