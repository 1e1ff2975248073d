local zones = require "spec.support.zones"

return {
  title = "a text as expected but for quotes around it",
  line = "quotes pasted into the value",
  zone = zones.plain {
    ["_mailseal.example.com"] = { { type = "TXT", data = "\"Token=abc DEF\"" } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "ownership", match = "exact", name = "_mailseal.example.com", value = "Token=abc DEF" } },
  },
  findings = {
    {
      code = "record_altered",
      severity = "error",
      aspect = "expected",
      name = "_mailseal.example.com",
      record = "ownership",
      expected = "Token=abc DEF",
      found = "\"Token=abc DEF\"",
      fix = "Copy the value again, without quotes around it: Token=abc DEF",
    },
  },
  status = "error",
  records = {
    ownership = {
      name = "_mailseal.example.com", type = "TXT", status = "mismatch",
      findings = { "record_altered" }, found = "\"Token=abc DEF\"",
    },
  },
}
