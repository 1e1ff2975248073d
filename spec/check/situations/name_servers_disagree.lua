local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key that two of three name servers have",
  line = "name servers that disagree",
  zone = zones.served_by(3, {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good, servers = { "ns1.example.com", "ns2.example.com" } } },
  }),
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    {
      code = "name_servers_disagree",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = "2 of 3 name servers have it",
      where = "example.com",
      retry_in = 60,
      message = "The name servers of example.com do not say the same of s1._domainkey.example.com yet: 2 of 3 have it as "
        .. "expected, ns3.example.com does not.",
      fix = "Wait; where it stays so for hours, have the DNS host see why its name servers differ.",
    },
  },
  status = "unknown",
  retry_in = 60,
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "propagating", findings = { "name_servers_disagree" } },
  },
  report = { ["name_servers.asked.1.status"] = "propagating" },
}
