local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a CNAME with a TXT record left beside it",
  line = "CNAME and TXT at one name",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = {
      { type = "CNAME", data = "s1.dkim.provider.example." }, { type = "TXT", data = texts.other },
    },
    ["s1.dkim.provider.example"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" } },
  },
  findings = {
    {
      code = "cname_and_other",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "one",
      expected = "s1.dkim.provider.example",
      found = "s1.dkim.provider.example",
      fix = "Remove the one that is not wanted.",
    },
  },
  status = "error",
  records = {
    one = { name = "s1._domainkey.example.com", type = "CNAME", status = "conflicting", findings = { "cname_and_other" } },
  },
}
