return {
  title = "more includes of domains that do not exist than mail servers look for in vain",
  zone = { ["example.com"] = { { type = "TXT", data = "v=spf1 include:a.example include:b.example include:c.example -all" } } },
  check = { domain = "example.com", only = { "spf" } },
  findings = {
    { code = "spf_include_without_record", severity = "error", name = "example.com", found = "include:a.example" },
    { code = "spf_include_without_record", severity = "error", name = "example.com", found = "include:b.example" },
    { code = "spf_include_without_record", severity = "error", name = "example.com", found = "include:c.example" },
  },
  absent = { "spf_too_many_voids" },
  status = "error",
  report = { ["spf.state"] = "broken", ["spf.voids"] = 3 },
}
