local zones = require "spec.support.zones"

return {
  title = "a text at a name whose underscore was left out",
  zone = zones.plain {
    ["mailseal.example.com"] = { { type = "TXT", data = "Token=abc DEF" } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "ownership", match = "exact", name = "_mailseal.example.com", value = "Token=abc DEF" } },
  },
  findings = {
    {
      code = "record_misnamed",
      severity = "error",
      aspect = "expected",
      name = "_mailseal.example.com",
      record = "ownership",
      expected = "_mailseal.example.com",
      found = "mailseal.example.com",
      where = "mailseal.example.com",
      fix = "Enter _mailseal as the record's name, to which the host appends example.com.",
    },
  },
  status = "error",
  records = {
    ownership = { name = "_mailseal.example.com", type = "TXT", status = "missing", findings = { "record_misnamed" } },
  },
}
