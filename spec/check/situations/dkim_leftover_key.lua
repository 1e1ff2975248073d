local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "an old key left beside the new one",
  line = "a leftover second TXT record at the selector",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.other }, { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "dkim_leftover_key",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = texts.other,
      fix = "Remove the other record; a further key needs a selector of its own.",
    },
  },
  status = "error",
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "conflicting",
      findings = { "dkim_leftover_key" }, found = texts.good,
    },
  },
}
