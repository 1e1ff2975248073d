local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a CNAME to whose target the domain was appended",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "CNAME", data = "s1.dkim.provider.example.example.com." } },
    ["s1.dkim.provider.example"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" } },
  },
  findings = {
    {
      code = "cname_target_doubled",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "one",
      expected = "s1.dkim.provider.example",
      found = "s1.dkim.provider.example.example.com",
      fix = "Enter s1.dkim.provider.example as the target with a dot at its end, or as the host asks for names "
        .. "outside of the domain.",
    },
  },
  status = "error",
  records = {
    one = {
      name = "s1._domainkey.example.com", type = "CNAME", status = "mismatch",
      findings = { "cname_target_doubled" }, found = "s1.dkim.provider.example.example.com",
    },
  },
}
