return {
  title = "SPF records that include each other",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=spf1 include:b.example -all" } },
    ["b.example"] = { { type = "TXT", data = "v=spf1 include:example.com -all" } },
  },
  check = { domain = "example.com", only = { "spf" } },
  findings = { {
    code = "spf_include_cycle", severity = "error", name = "example.com", found = "include:example.com", where = "b.example",
  } },
  status = "error",
}
