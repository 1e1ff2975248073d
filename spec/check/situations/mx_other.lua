return {
  title = "an MX record of a mail service in another region than expected",
  zone = {
    ["bounces.example.com"] = { { type = "MX", data = "10 feedback-smtp.us-east-1.amazonses.com." } },
    ["feedback-smtp.us-east-1.amazonses.com"] = { { type = "A", data = "198.51.100.1" } },
  },
  check = {
    domain = "example.com", only = { "mx" },
    expect = { { id = "mx", match = "mx", name = "bounces.example.com", value = "10 feedback-smtp.eu-west-1.amazonses.com" } },
  },
  findings = { {
    code = "mx_other", severity = "error", name = "bounces.example.com", record = "mx",
    found = { "feedback-smtp.us-east-1.amazonses.com" }, expected = "10 feedback-smtp.eu-west-1.amazonses.com",
  } },
  status = "error",
  records = { mx = { status = "mismatch", findings = { "mx_other" } } },
}
