return {
  title = "a mail service's MX record put beside those of the domain's own mail",
  zone = {
    ["example.com"] = {
      { type = "MX", data = "5 mx.example.com." }, { type = "MX", data = "10 feedback-smtp.eu-west-1.amazonses.com." },
    },
    ["mx.example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["feedback-smtp.eu-west-1.amazonses.com"] = { { type = "A", data = "192.0.2.2" } },
  },
  check = {
    domain = "example.com", only = { "mx" },
    expect = { { id = "mx", match = "mx", value = "10 feedback-smtp.eu-west-1.amazonses.com" } },
  },
  findings = { { code = "mx_others_beside", severity = "warning", name = "example.com", record = "mx", found = { "mx.example.com" } } },
  status = "warning",
  records = { mx = { status = "conflicting" } },
}
