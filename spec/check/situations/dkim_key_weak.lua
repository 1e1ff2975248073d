local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key that is too weak",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.weak } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "dkim_key_weak",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "768 bits",
    },
  },
  status = "error",
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "mismatch",
      findings = { "dkim_key_weak" }, found = texts.weak,
    },
  },
}
