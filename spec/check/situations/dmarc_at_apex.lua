return {
  title = "a DMARC record put at the domain itself",
  line = "_dmarc put at the apex",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=spf1 -all" }, { type = "TXT", data = "v=DMARC1; p=none" } },
  },
  check = {
    domain = "example.com", only = { "dmarc" }, expect = { { id = "dmarc", match = "dmarc_any_valid" } },
  },
  findings = { { code = "record_at_apex", severity = "error", aspect = "dmarc", name = "_dmarc.example.com", where = "example.com" } },
  absent = { "dmarc_missing", "record_missing" },
  status = "error",
  records = { dmarc = { status = "missing", findings = { "record_at_apex" } } },
  report = { ["dmarc.state"] = "misplaced" },
}
