return {
  title = "SPF records that are expected, whatever they say: one that is there and one that is not",
  zone = { ["example.com"] = { { type = "TXT", data = "v=spf1 -all" } } },
  check = {
    domain = "example.com", only = { "spf" },
    expect = { { id = "own", match = "spf_include" }, {
      id = "bounces", match = "spf_include", name = "bounces.example.com", shown = "v=spf1 mx -all",
    } },
  },
  findings = { {
    code = "spf_include_missing", severity = "pending", name = "bounces.example.com", record = "bounces",
    expected = "v=spf1 mx -all",
  } },
  status = "unknown",
  records = { own = { status = "found" }, bounces = { status = "missing" } },
}
