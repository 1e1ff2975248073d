return {
  title = "MX records of a server that was switched off, where a mail service expects its own",
  zone = {
    ["example.com"] = { { type = "MX", data = "10 old.example.com." }, { type = "MX", data = "20 older.example.com." } },
    ["mx.service.example"] = { { type = "A", data = "198.51.100.1" } },
  },
  check = {
    domain = "example.com", only = { "mx" },
    expect = { { id = "mx", match = "mx", name = "example.com", value = "10 mx.service.example" } },
  },
  findings = { {
    code = "mx_other_gone", severity = "error", name = "example.com", record = "mx",
    found = { "old.example.com", "older.example.com" }, expected = "10 mx.service.example",
    fix = "Replace them by 10 mx.service.example.",
  } },
  absent = { "mx_all_without_address", "mx_without_address", "mx_other" },
  status = "error",
  records = { mx = { status = "mismatch", findings = { "mx_other_gone" } } },
}
