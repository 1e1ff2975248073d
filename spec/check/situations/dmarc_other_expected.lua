return {
  title = "DMARC records that are expected at other domains: one as it should be, one that is not valid, one that is missing",
  zone = {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:d@example.com" } },
    ["_dmarc.a.example.com"] = { { type = "TXT", data = "v=DMARC1; p=none" } },
    ["_dmarc.b.example.com"] = { { type = "TXT", data = "v=DMARC1; p=nothing" } },
  },
  check = {
    domain = "example.com", only = { "dmarc" },
    expect = {
      { id = "a", match = "dmarc_any_valid", name = "_dmarc.a.example.com" },
      { id = "b", match = "dmarc_any_valid", name = "_dmarc.b.example.com" },
      { id = "c", match = "dmarc_any_valid", name = "_dmarc.c.example.com" },
    },
  },
  findings = {
    { code = "dmarc_bad_policy", severity = "error", name = "_dmarc.b.example.com", record = "b" },
    { code = "record_missing", severity = "pending", name = "_dmarc.c.example.com", record = "c" },
  },
  status = "error",
  records = {
    a = { status = "found" }, b = { status = "mismatch", findings = { "dmarc_bad_policy", "dmarc_no_reports" } },
    c = { status = "missing" },
  },
}
