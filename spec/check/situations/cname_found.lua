local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a CNAME to the key of the mail service",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "CNAME", data = "s1.dkim.provider.example." } },
    ["s1.dkim.provider.example"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" } },
  },
  findings = {},
  status = "ok",
  records = {
    one = {
      name = "s1._domainkey.example.com", type = "CNAME", status = "found",
      findings = {}, found = "s1.dkim.provider.example",
    },
  },
}
