local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key at a name whose underscore was left out",
  zone = zones.plain {
    ["s1.domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "record_misnamed",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = "s1._domainkey.example.com",
      found = "s1.domainkey.example.com",
      where = "s1.domainkey.example.com",
      fix = "Enter s1._domainkey as the record's name, to which the host appends example.com.",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "missing", findings = { "record_misnamed" } },
  },
}
