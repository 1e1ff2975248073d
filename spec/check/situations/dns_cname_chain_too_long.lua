local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a selector whose CNAMEs do not end",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "CNAME", data = "c0.example.com." } },
    ["c0.example.com"] = { { type = "CNAME", data = "c1.example.com." } },
    ["c1.example.com"] = { { type = "CNAME", data = "c2.example.com." } },
    ["c2.example.com"] = { { type = "CNAME", data = "c3.example.com." } },
    ["c3.example.com"] = { { type = "CNAME", data = "c4.example.com." } },
    ["c4.example.com"] = { { type = "CNAME", data = "c5.example.com." } },
    ["c5.example.com"] = { { type = "CNAME", data = "c6.example.com." } },
    ["c6.example.com"] = { { type = "CNAME", data = "c7.example.com." } },
    ["c7.example.com"] = { { type = "CNAME", data = "c8.example.com." } },
    ["c8.example.com"] = { { type = "CNAME", data = "c9.example.com." } },
    ["c9.example.com"] = { { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "dns_cname_chain_too_long",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "cname_chain_too_long",
      retry_in = 60,
    },
  },
  status = "unknown",
  retry_in = 60,
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "unknown", findings = { "dns_cname_chain_too_long" } },
  },
}
