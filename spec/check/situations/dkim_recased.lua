local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key whose text the DNS host's form put into lower case",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good:lower() } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "record_altered",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = texts.good:lower(),
    },
  },
  status = "error",
  records = {
    s1 = { status = "mismatch", findings = { "record_altered" } },
  },
}
