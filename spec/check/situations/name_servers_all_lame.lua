local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a zone of which all name servers are lame",
  line = "a resolver's fault is never told as missing",
  zone = zones.served_by(2, {
    ["s1._domainkey.example.com"] = { { error = "lame" } },
  }),
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    {
      code = "dns_servfail",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "servfail",
      retry_in = 60,
    },
    {
      code = "name_server_lame",
      severity = "warning",
      aspect = "name_servers",
      name = "example.com",
      found = "not_authoritative",
      where = "ns1.example.com",
      fix = "Have the DNS host serve the zone there, or remove that NS record from the zone and at the registrar.",
    },
    {
      code = "name_server_lame",
      severity = "warning",
      aspect = "name_servers",
      name = "example.com",
      found = "not_authoritative",
      where = "ns2.example.com",
      fix = "Have the DNS host serve the zone there, or remove that NS record from the zone and at the registrar.",
    },
  },
  status = "unknown",
  retry_in = 60,
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "unknown", findings = { "dns_servfail" } },
  },
}
