return {
  title = "a domain of one label, with a valid SPF record",
  zone = {
    ["example"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1 -all" }, { type = "MX", data = "10 mx.example." } },
    ["mx.example"] = { { type = "A", data = "192.0.2.1" } },
  },
  check = { domain = "example", only = { "spf", "profile" } },
  findings = {
    { code = "spf_single_label", severity = "warning", aspect = "spf", name = "example" },
    { code = "profile_spf", severity = "warning", name = "example", found = "receivers do not look at SPF for a domain of one label" },
  },
  status = "warning",
  report = { ["spf.state"] = "broken" },
}
