local zones = require "spec.support.zones"

return {
  title = "an MX record with just the value expected",
  zone = zones.plain {
    ["bounce.example.com"] = { { type = "MX", data = "10 Feedback-SMTP.eu-west-1.ses.example." } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = {
      { id = "mail from", match = "exact", type = "MX", name = "bounce.example.com", value = "10 feedback-smtp.eu-west-1.ses.example" },
    },
  },
  findings = {},
  status = "ok",
  records = {
    ["mail from"] = {
      name = "bounce.example.com", type = "MX", status = "found",
      findings = {}, found = "10 feedback-smtp.eu-west-1.ses.example",
    },
  },
}
