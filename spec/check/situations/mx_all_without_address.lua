return {
  title = "MX records that all name hosts without an address",
  zone = {
    ["example.com"] = { { type = "MX", data = "10 a.example.com." }, { type = "MX", data = "20 b.example.com." } },
    ["a.example.com"] = { { type = "TXT", data = "no address" } },
  },
  check = { domain = "example.com", only = { "mx" } },
  findings = { {
    code = "mx_all_without_address", severity = "error", name = "example.com", found = { "a.example.com", "b.example.com" },
  } },
  absent = { "mx_without_address" },
  status = "error",
}
