return {
  title = "an SPF record without an include that is expected",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1 ~all", ttl = 1800 } },
  },
  check = {
    domain = "example.com", only = { "spf" },
    expect = { { id = "spf", match = "spf_include", include = "_spf.service.example" } },
  },
  findings = { {
    code = "spf_include_missing", severity = "pending", name = "example.com", record = "spf", expected = "include:_spf.service.example",
    found = "v=spf1 ip4:192.0.2.1 ~all", retry_in = 1800,
    fix = "Let the record be v=spf1 ip4:192.0.2.1 include:_spf.service.example ~all; where that has been done, wait until caches have "
      .. "forgotten the old one.",
  } },
  status = "unknown",
  retry_in = 1800,
  records = { spf = { status = "missing", type = "TXT", name = "example.com", findings = { "spf_include_missing" } } },
}
