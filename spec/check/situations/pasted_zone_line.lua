local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a line of a zone file in the place of a key",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = 's1._domainkey 3600 IN TXT "' .. texts.good .. '"' } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "pasted_zone_line",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "mismatch", findings = { "pasted_zone_line" } },
  },
}
