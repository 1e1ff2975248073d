local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a text beside the key that is none",
  line = "a leftover second TXT record at the selector",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = "mail-service-verification=1" }, { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "dkim_leftover_text",
      severity = "warning",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = "mail-service-verification=1",
      fix = "Remove the other record.",
    },
  },
  status = "warning",
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "found",
      findings = { "dkim_leftover_text" }, found = texts.good,
    },
  },
}
