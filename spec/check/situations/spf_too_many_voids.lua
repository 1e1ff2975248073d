return {
  title = "an SPF record with three terms that find nothing",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=spf1 a:a.example mx:b.example exists:c.example -all" } },
    ["b.example"] = { { type = "A", data = "192.0.2.1" } },
  },
  check = { domain = "example.com", only = { "spf" } },
  findings = { {
    code = "spf_too_many_voids", severity = "error", name = "example.com", found = 3,
    where = { "a:a.example", "mx:b.example", "exists:c.example" },
  } },
  status = "error",
}
