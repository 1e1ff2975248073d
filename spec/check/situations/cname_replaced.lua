local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "another key in the place of a CNAME",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.other } },
    ["s1.dkim.provider.example"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" } },
  },
  findings = {
    {
      code = "cname_replaced",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "one",
      expected = "s1.dkim.provider.example",
      found = texts.other,
      fix = "Remove that record, and make a CNAME of the same name with the target s1.dkim.provider.example.",
    },
  },
  status = "error",
  records = {
    one = { name = "s1._domainkey.example.com", type = "CNAME", status = "mismatch", findings = { "cname_replaced" } },
  },
}
