return {
  title = "an SPF record that includes two records in one place, and one that is not valid in another",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=spf1 include:a.example include:b.example -all" } },
    ["a.example"] = { { type = "TXT", data = "v=spf1 -all" }, { type = "TXT", data = "v=spf1 +all" } },
    ["b.example"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1/33 -all" } },
  },
  check = { domain = "example.com", only = { "spf" } },
  findings = {
    { code = "spf_include_two_records", severity = "error", found = "include:a.example", where = "example.com" },
    { code = "spf_include_broken", severity = "error", found = "include:b.example", where = "example.com" },
  },
  status = "error",
}
