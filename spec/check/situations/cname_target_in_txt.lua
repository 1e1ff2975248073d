local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a TXT record with the target of a CNAME in it",
  line = "a CNAME's target pasted into a TXT record",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = "s1.dkim.provider.example." } },
    ["s1.dkim.provider.example"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" } },
  },
  findings = {
    {
      code = "cname_target_in_txt",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "one",
      expected = "s1.dkim.provider.example",
      found = "s1.dkim.provider.example",
      fix = "Remove the TXT record, and make a CNAME record of the same name with s1.dkim.provider.example as its target.",
    },
  },
  status = "error",
  records = {
    one = { name = "s1._domainkey.example.com", type = "CNAME", status = "mismatch", findings = { "cname_target_in_txt" } },
  },
}
