local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a zone whose name servers all answer for MX records, and none for the key's text",
  zone = zones.served_by(2, {
    ["example.com"] = { { type = "MX", data = "10 mx.example.com." } },
    ["mx.example.com"] = { { type = "A", data = "192.0.2.25" } },
    ["s1._domainkey.example.com"] = { { error = "timeout", type = "TXT" } },
  }),
  check = { domain = "example.com", only = { "dkim", "mx" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    { code = "dns_timeout", severity = "pending", aspect = "dkim", name = "s1._domainkey.example.com" },
    { code = "name_server_uneven", severity = "warning", aspect = "name_servers", where = "ns1.example.com, ns2.example.com" },
  },
  absent = { "name_server_silent", "name_servers_unreachable" },
  status = "unknown",
  records = { s1 = { status = "unknown" } },
}
