local texts = require "spec.support.dkim_texts"

return {
  title = "a CNAME to the key of the mail service",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900", ttl = 3600 } },
    ["s1._domainkey.example.com"] = { { type = "CNAME", data = "s1.dkim.provider.example." } },
    ["s1.dkim.provider.example"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = {
      { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" },
    },
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
