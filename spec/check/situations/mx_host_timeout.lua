return {
  title = "an MX record that names a host about which DNS keeps silent, beside one that is gone",
  line = "a resolver's fault is never told as missing",
  zone = {
    ["example.com"] = { { type = "MX", data = "10 gone.example.com." }, { type = "MX", data = "20 mx.example.com." } },
    ["mx.example.com"] = { { error = "timeout" } },
  },
  check = { domain = "example.com", only = { "mx" } },
  findings = {
    { code = "dns_timeout", severity = "pending", name = "mx.example.com", retry_in = 60 },
    { code = "mx_without_address", severity = "warning", found = { "gone.example.com" } },
  },
  absent = { "mx_all_without_address" },
  status = "unknown",
}
