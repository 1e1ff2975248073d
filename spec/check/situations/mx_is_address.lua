return {
  title = "an MX record that names an address, among others that name hosts",
  zone = {
    ["example.com"] = { { type = "MX", data = "10 192.0.2.1." }, { type = "MX", data = "20 mx.example.com." } },
    ["mx.example.com"] = { { type = "AAAA", data = "2001:db8::1" } },
  },
  check = { domain = "example.com", only = { "mx" } },
  findings = { { code = "mx_is_address", severity = "error", name = "example.com", found = "192.0.2.1" } },
  absent = { "mx_without_address", "mx_all_without_address" },
  status = "error",
}
