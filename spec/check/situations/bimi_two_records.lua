return {
  title = "two BIMI records",
  zone = {
    ["default._bimi.example.com"] = {
      { type = "TXT", data = "v=BIMI1; l=https://example.com/a.svg" }, { type = "TXT", data = "v=BIMI1; l=https://example.com/b.svg" },
    },
  },
  check = { domain = "example.com", only = { "bimi" } },
  findings = { { code = "bimi_two_records", severity = "error", name = "default._bimi.example.com", found = 2 } },
  status = "error",
}
