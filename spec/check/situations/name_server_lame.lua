local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key in a zone of which one name server is lame",
  zone = zones.served_by(3, {
    ["example.com"] = { { error = "lame", servers = { "ns3.example.com" } } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  }),
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    {
      code = "name_server_lame",
      severity = "warning",
      aspect = "name_servers",
      name = "example.com",
      found = "not_authoritative",
      where = "ns3.example.com",
      fix = "Have the DNS host serve the zone there, or remove that NS record from the zone and at the registrar.",
    },
  },
  status = "warning",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "found", findings = {}, found = texts.good },
  },
}
