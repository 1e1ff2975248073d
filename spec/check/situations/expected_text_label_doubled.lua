local zones = require "spec.support.zones"

return {
  title = "a text at a name with its own label in it twice",
  zone = zones.plain {
    ["_mailseal._mailseal.example.com"] = { { type = "TXT", data = "Token=abc DEF" } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "ownership", match = "exact", name = "_mailseal.example.com", value = "Token=abc DEF" } },
  },
  findings = {
    {
      code = "record_label_doubled",
      severity = "error",
      aspect = "expected",
      name = "_mailseal.example.com",
      record = "ownership",
      expected = "_mailseal.example.com",
      found = "_mailseal._mailseal.example.com",
      where = "_mailseal._mailseal.example.com",
      fix = "Enter _mailseal as the record's name, to which the host appends example.com.",
    },
  },
  status = "error",
  records = {
    ownership = { name = "_mailseal.example.com", type = "TXT", status = "missing", findings = { "record_label_doubled" } },
  },
}
