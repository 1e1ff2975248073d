local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a copy of the mail service's key in the place of a CNAME to it",
  line = "a flattened CNAME",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
    ["s1.dkim.provider.example"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" } },
  },
  findings = {
    {
      code = "cname_copied",
      severity = "warning",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "one",
      expected = "s1.dkim.provider.example",
      found = texts.good,
      fix = "Remove the record, and make a CNAME of the same name with the target s1.dkim.provider.example.",
    },
  },
  status = "warning",
  records = {
    one = { name = "s1._domainkey.example.com", type = "CNAME", status = "mismatch", findings = { "cname_copied" } },
  },
}
