return {
  title = "a domain without the SPF record that is expected there",
  zone = { ["example.com"] = {} },
  check = {
    domain = "example.com", only = { "spf" },
    expect = {
      { id = "own", match = "spf_include", include = "_spf.service.example" },
      { id = "bounces", match = "spf_include", name = "bounces.example.com", include = "_spf.service.example", required = false },
    },
  },
  findings = { { code = "spf_include_missing", severity = "pending", name = "example.com", record = "own", retry_in = 60 } },
  absent = { "spf_missing" },
  status = "unknown",
  records = { own = { status = "missing" }, bounces = { status = "missing", findings = {} } },
}
