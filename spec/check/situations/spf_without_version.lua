return {
  title = "the terms of an SPF record without what it begins with",
  zone = { ["example.com"] = { { type = "TXT", data = "include:spf.provider.example ~all" } } },
  check = {
    domain = "example.com", only = { "spf" },
    expect = { { id = "spf", match = "spf_include", include = "spf.provider.example" } },
  },
  findings = { { code = "spf_missing_version", severity = "error", name = "example.com", found = "include:spf.provider.example" } },
  absent = { "spf_missing", "spf_include_missing" },
  status = "error",
  records = { spf = { status = "mismatch", findings = { "spf_missing_version" } } },
}
