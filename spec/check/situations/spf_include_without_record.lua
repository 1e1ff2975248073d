return {
  title = "an SPF record that includes domains without one, directly and further below",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=spf1 include:gone.example include:b.example -all" } },
    ["b.example"] = { { type = "TXT", data = "v=spf1 redirect=empty.example" } },
    ["empty.example"] = { { type = "TXT", data = "no record" } },
  },
  check = { domain = "example.com", only = { "spf" } },
  findings = {
    { code = "spf_include_without_record", severity = "error", name = "example.com", found = "include:gone.example",
      where = "example.com" },
    { code = "spf_include_without_record", severity = "error", name = "example.com", found = "redirect=empty.example",
      where = "b.example" },
  },
  status = "error",
  report = { ["spf.state"] = "broken" },
}
