return {
  title = "an A record with another value than the one expected",
  zone = { ["send.example.com"] = { { type = "A", data = "192.0.2.1" } } },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "own", match = "exact", type = "A", name = "send.example.com", value = "192.0.2.7" } },
  },
  findings = { {
    code = "record_other_value", severity = "error", name = "send.example.com", record = "own",
    expected = "192.0.2.7", found = "192.0.2.1",
  } },
  absent = { "record_missing" },
  status = "error",
  records = { own = { status = "mismatch", findings = { "record_other_value" } } },
}
