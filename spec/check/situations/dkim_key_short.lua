local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key that should be longer",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.short } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "dkim_key_short",
      severity = "warning",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "1024 bits",
    },
  },
  status = "warning",
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "found",
      findings = { "dkim_key_short" }, found = texts.short,
    },
  },
}
