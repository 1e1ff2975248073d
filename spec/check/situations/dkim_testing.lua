local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key that is only being tested",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = "v=DKIM1; t=y; " .. texts.good:sub(10) } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "dkim_testing",
      severity = "warning",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = "t=y",
    },
  },
  status = "warning",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "found", findings = { "dkim_testing" } },
  },
}
