return {
  title = "an include that is expected, published in an SPF record of its own",
  line = "two SPF records",
  zone = {
    ["example.com"] = {
      { type = "TXT", data = "v=spf1 ip4:192.0.2.1 ~all" }, { type = "TXT", data = "v=spf1 include:_spf.service.example ~all" },
    },
  },
  check = {
    domain = "example.com", only = { "spf" },
    expect = { { id = "spf", match = "spf_include", include = "_spf.service.example" } },
  },
  findings = { {
    code = "spf_two_records", severity = "error", expected = "v=spf1 ip4:192.0.2.1 include:_spf.service.example ~all",
  } },
  absent = { "spf_include_missing" },
  status = "error",
  records = { spf = { status = "mismatch", findings = { "spf_two_records" } } },
}
