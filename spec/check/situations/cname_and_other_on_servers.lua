local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a TXT record that some name servers have already exchanged for a CNAME",
  line = "CNAME and TXT at one name",
  zone = zones.served_by(2, {
    ["s1._domainkey.example.com"] = {
      { type = "CNAME", data = "s1.dkim.provider.example.", servers = { "ns1.example.com" } },
      { type = "TXT", data = texts.other, servers = { "ns2.example.com" } },
    },
    ["s1.dkim.provider.example"] = { { type = "TXT", data = texts.good } },
  }),
  check = {
    domain = "example.com", only = { "dkim" }, name_servers = true,
    expect = { { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" } },
  },
  findings = {
    {
      code = "name_servers_disagree",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "one",
      expected = "s1.dkim.provider.example",
      found = "both name servers have it, in 2 versions",
      where = "example.com",
      retry_in = 60,
      fix = "Wait; where it stays so for hours, have the DNS host see why its name servers differ.",
    },
  },
  status = "unknown",
  retry_in = 60,
  records = {
    one = { name = "s1._domainkey.example.com", type = "CNAME", status = "propagating", findings = { "name_servers_disagree" } },
  },
}
