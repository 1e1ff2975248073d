local texts = require "spec.support.dkim_texts"

return {
  title = "a TXT record that some name servers have already exchanged for a CNAME",
  line = "CNAME and TXT at one name",
  zone = {
    ["example.com"] = {
      { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900" },
      { type = "NS", data = "ns1.example.com." }, { type = "NS", data = "ns2.example.com." },
    },
    ["ns1.example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["ns2.example.com"] = { { type = "A", data = "192.0.2.2" } },
    ["s1._domainkey.example.com"] = {
      { type = "CNAME", data = "s1.dkim.provider.example.", servers = { "ns1.example.com" } },
      { type = "TXT", data = texts.other, servers = { "ns2.example.com" } },
    },
    ["s1.dkim.provider.example"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = {
      { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" },
    }, name_servers = true,
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
