local zones = require "spec.support.zones"

return {
  title = "a text with just the value expected, among others",
  zone = zones.plain {
    ["_mailseal.example.com"] = { { type = "TXT", data = "other" }, { type = "TXT", data = { "Token=", "abc DEF" } } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "ownership", match = "exact", name = "_mailseal.example.com", value = "Token=abc DEF" } },
  },
  findings = {},
  status = "ok",
  records = {
    ownership = {
      name = "_mailseal.example.com", type = "TXT", status = "found",
      findings = {}, found = "Token=abc DEF; other",
    },
  },
}
