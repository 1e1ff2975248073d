return {
  title = "an MX record with another value than the one expected",
  zone = { ["send.example.com"] = { { type = "MX", data = "10 mail.example.com." } } },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { {
      id = "own", match = "exact", type = "MX", name = "send.example.com", value = "10 feedback-smtp.eu-west-1.amazonses.com",
    } },
  },
  findings = { {
    code = "record_other_value", severity = "error", name = "send.example.com", record = "own",
    expected = "10 feedback-smtp.eu-west-1.amazonses.com", found = "10 mail.example.com",
  } },
  absent = { "record_missing" },
  status = "error",
  records = { own = { status = "mismatch", findings = { "record_other_value" } } },
}
