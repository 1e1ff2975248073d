return {
  title = "texts of which no more than their form is known: one there, one in quotes, one that is something else",
  zone = {
    ["a.example.com"] = { { type = "TXT", data = "code:1234ef" }, { type = "TXT", data = "other" } },
    ["b.example.com"] = { { type = "TXT", data = '"code:1234ef"' } },
    ["c.example.com"] = { { type = "TXT", data = "code:" } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = {
      { id = "a", match = "exact", name = "a.example.com", pattern = "code:%x+", shown = "code:<code>" },
      { id = "b", match = "exact", name = "b.example.com", pattern = "code:%x+", shown = "code:<code>" },
      { id = "c", match = "exact", name = "c.example.com", pattern = "code:%x+", shown = "code:<code>" },
    },
  },
  findings = {
    { code = "record_altered", record = "b", found = '"code:1234ef"', expected = "code:<code>" },
    { code = "record_missing", record = "c", expected = "code:<code>" },
  },
  status = "error",
  records = { a = { status = "found" }, b = { status = "mismatch" }, c = { status = "missing" } },
}
