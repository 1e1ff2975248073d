local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a CNAME that Cloudflare's proxy stands before",
  line = "a proxied CNAME",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "A", data = "104.21.3.4" }, { type = "A", data = "172.67.130.9" } },
    ["s1.dkim.provider.example"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" } },
  },
  findings = {
    {
      code = "cname_proxied",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "one",
      expected = "s1.dkim.provider.example",
      found = "104.21.3.4, 172.67.130.9",
      where = "Cloudflare",
      fix = "Switch proxying off for this record (DNS only).",
    },
  },
  status = "error",
  records = {
    one = { name = "s1._domainkey.example.com", type = "CNAME", status = "mismatch", findings = { "cname_proxied" } },
  },
}
