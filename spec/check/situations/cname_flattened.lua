local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a CNAME in whose place the DNS host has put the addresses of its target",
  line = "a flattened CNAME",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "A", data = "192.0.2.25" } },
    ["s1.dkim.provider.example"] = { { type = "A", data = "192.0.2.25" }, { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" } },
  },
  findings = {
    {
      code = "cname_flattened",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "one",
      expected = "s1.dkim.provider.example",
      found = "192.0.2.25",
      fix = "Switch flattening and proxying off for this record, so that it is a plain CNAME.",
    },
  },
  status = "error",
  records = {
    one = { name = "s1._domainkey.example.com", type = "CNAME", status = "mismatch", findings = { "cname_flattened" } },
  },
}
