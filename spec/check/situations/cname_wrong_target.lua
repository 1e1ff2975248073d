local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a CNAME to another name than expected",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "CNAME", data = "s2.dkim.provider.example." } },
    ["s2.dkim.provider.example"] = { { type = "TXT", data = texts.other } },
    ["s1.dkim.provider.example"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" } },
  },
  findings = {
    {
      code = "cname_wrong_target",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "one",
      expected = "s1.dkim.provider.example",
      found = "s2.dkim.provider.example",
      fix = "Change the target of the CNAME to s1.dkim.provider.example.",
    },
  },
  status = "error",
  records = {
    one = {
      name = "s1._domainkey.example.com", type = "CNAME", status = "mismatch",
      findings = { "cname_wrong_target" }, found = "s2.dkim.provider.example",
    },
  },
}
