return {
  title = "a return path's MX record as the mail service expects it",
  zone = {
    ["example.com"] = { { type = "MX", data = "10 mx.example.com." } },
    ["mx.example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["bounces.example.com"] = { { type = "MX", data = "20 Feedback-SMTP.eu-west-1.amazonses.com." } },
  },
  check = {
    domain = "example.com", only = { "mx" },
    expect = { { id = "mx", match = "mx", name = "bounces.example.com", value = "10 feedback-smtp.eu-west-1.amazonses.com." } },
  },
  findings = {},
  status = "ok",
  records = { mx = { status = "found", type = "MX", found = "20 feedback-smtp.eu-west-1.amazonses.com", findings = {} } },
}
