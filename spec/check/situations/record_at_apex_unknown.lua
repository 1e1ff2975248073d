local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key put at the domain itself, of which nothing is known",
  line = "the selector put at the apex",
  zone = zones.plain {
    ["example.com"] = { { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "record_at_apex",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = "s1._domainkey.example.com",
      found = "example.com",
      where = "example.com",
      fix = "Remove it there, and enter it with the name s1._domainkey, to which the host appends example.com.",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "missing", findings = { "record_at_apex" } },
  },
}
