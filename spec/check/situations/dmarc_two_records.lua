return {
  title = "two DMARC records",
  line = "two DMARC records",
  zone = {
    ["_dmarc.example.com"] = {
      { type = "TXT", data = "v=DMARC1; p=none" }, { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:dmarc@example.com" },
    },
  },
  check = {
    domain = "example.com", only = { "dmarc" }, expect = { { id = "dmarc", match = "dmarc_any_valid" } },
  },
  findings = { { code = "dmarc_two_records", severity = "error", name = "_dmarc.example.com", found = 2 } },
  absent = { "dmarc_missing", "record_missing" },
  status = "error",
  records = { dmarc = { status = "mismatch", findings = { "dmarc_two_records" } } },
  report = { ["dmarc.state"] = "broken" },
}
