local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "two keys at one selector",
  line = "a leftover second TXT record at the selector",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.other }, { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "dkim_two_keys",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = texts.good,
      fix = "Remove all but the right one; a further key needs a selector of its own.",
    },
  },
  status = "error",
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "conflicting",
      findings = { "dkim_two_keys" }, found = texts.other,
    },
  },
}
