local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key that was revoked",
  line = "a revoked key",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = "v=DKIM1; p=" } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "dkim_revoked",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = "p=",
    },
  },
  status = "error",
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "mismatch",
      findings = { "dkim_revoked" }, found = "v=DKIM1; p=",
    },
  },
}
