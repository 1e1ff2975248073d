local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key in a zone of which one name server has no address",
  zone = zones.served_by(2, {
    ["example.com"] = { { type = "NS", data = "ns3.example.com." } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  }),
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    {
      code = "name_server_without_address",
      severity = "warning",
      aspect = "name_servers",
      name = "example.com",
      found = "nxdomain",
      where = "ns3.example.com",
      fix = "Correct the NS record, in the zone and at the registrar, or give that host an address.",
    },
  },
  status = "warning",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "found", findings = {}, found = texts.good },
  },
}
