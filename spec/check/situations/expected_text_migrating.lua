local zones = require "spec.support.zones"

return {
  title = "a text as it was right before",
  zone = zones.plain {
    ["_mailseal.example.com"] = { { type = "TXT", data = "Token=old" } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = {
      { id = "ownership", match = "exact", name = "_mailseal.example.com", value = "Token=abc DEF",
        migrations = { { from = "Token=old" } } },
    },
  },
  findings = {
    {
      code = "record_migrating",
      severity = "warning",
      aspect = "expected",
      name = "_mailseal.example.com",
      record = "ownership",
      expected = "Token=abc DEF",
      found = "Token=old",
      fix = "Change it to Token=abc DEF.",
    },
  },
  status = "warning",
  records = {
    ownership = {
      name = "_mailseal.example.com", type = "TXT", status = "migrating",
      findings = { "record_migrating" }, found = "Token=old",
    },
  },
}
