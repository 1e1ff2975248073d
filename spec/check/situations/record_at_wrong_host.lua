local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key entered at the registrar, while the name servers are somebody else's",
  line = "the record at the wrong DNS host",
  zone = zones.served_by({ "ns1.live.example", "ns2.live.example" }, {
    ["example.com"] = { { type = "NS", data = "ns1.registrar.example.", servers = { "ns1.registrar.example" } } },
    ["ns1.registrar.example"] = { { type = "A", data = "192.0.2.9" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good, servers = { "ns1.registrar.example" } } },
  }),
  check = {
    domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true,
    edited_at = { "NS1.registrar.example." },
  },
  findings = {
    {
      code = "record_at_wrong_host",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = "ns1.live.example, ns2.live.example",
      where = "ns1.registrar.example",
      fix = "Enter the record at the host whose name servers the domain is delegated to (ns1.live.example, "
        .. "ns2.live.example), or have the registrar delegate it to the other host.",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "missing", findings = { "record_at_wrong_host" } },
  },
}
