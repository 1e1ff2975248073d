return {
  title = "an SPF record with the include of before",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=spf1 include:old.service.example ~all" } },
    ["old.service.example"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.0/24 -all" } },
  },
  check = {
    domain = "example.com", only = { "spf" },
    expect = { {
      id = "spf", match = "spf_include", include = "_spf.service.example", migrations = { { from = "old.service.example" } },
    } },
  },
  findings = { {
    code = "record_migrating", severity = "warning", name = "example.com", record = "spf", found = "include:old.service.example",
    expected = "include:_spf.service.example",
  } },
  status = "warning",
  records = { spf = { status = "migrating", findings = { "record_migrating" } } },
}
