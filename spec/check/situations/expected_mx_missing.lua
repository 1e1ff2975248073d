local zones = require "spec.support.zones"

return {
  title = "an MX record that is not there yet",
  zone = zones.plain {},
  check = {
    domain = "example.com", only = { "expected" },
    expect = {
      { id = "mail from", match = "exact", type = "MX", name = "bounce.example.com", value = "10 feedback-smtp.eu-west-1.ses.example" },
    },
  },
  findings = {
    {
      code = "record_missing",
      severity = "pending",
      aspect = "expected",
      name = "bounce.example.com",
      record = "mail from",
      expected = "10 feedback-smtp.eu-west-1.ses.example",
      where = "example.com",
      retry_in = 900,
      fix = "Publish it at the host of the domain's DNS (example.com), with bounce as its name, to which the host appends "
        .. "example.com; where that has been done, caches may remember until 2027-01-15 08:15 UTC that it was not there.",
    },
  },
  status = "unknown",
  retry_in = 900,
  records = {
    ["mail from"] = {
      name = "bounce.example.com", type = "MX", status = "missing",
      findings = { "record_missing" },
    },
  },
}
