local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a zone of which two name servers answer for MX records, but not for the key's text",
  zone = zones.served_by(3, {
    ["example.com"] = { { type = "MX", data = "10 mx.example.com." } },
    ["mx.example.com"] = { { type = "A", data = "192.0.2.25" } },
    ["s1._domainkey.example.com"] = {
      { error = "timeout", type = "TXT", servers = { "ns2.example.com", "ns3.example.com" } },
      { type = "TXT", data = texts.good },
    },
  }),
  check = { domain = "example.com", only = { "dkim", "mx" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    {
      code = "name_server_uneven",
      severity = "warning",
      aspect = "name_servers",
      name = "example.com",
      found = "timeout",
      where = "ns2.example.com, ns3.example.com",
      message = "Of the name servers of example.com, ns2.example.com, ns3.example.com answered other questions, but not for "
        .. "s1._domainkey.example.com TXT (timeout), so that some do not see what is there.",
    },
  },
  absent = { "name_server_silent", "name_servers_unreachable" },
  status = "warning",
  records = { s1 = { status = "found" } },
}
