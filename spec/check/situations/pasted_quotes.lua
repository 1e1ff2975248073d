local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key with quotes pasted into it",
  line = "quotes pasted into the value",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = "\"" .. texts.good .. "\"" } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "pasted_quotes",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = "\"",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "mismatch", findings = { "pasted_quotes" } },
  },
}
