local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key said to be entered at a host whose name servers are not those of the domain",
  line = "the record at the wrong DNS host",
  zone = zones.served_by({ "ns1.live.example", "ns2.live.example" }, {
    ["ns1.registrar.example"] = { { type = "A", data = "192.0.2.9" } },
  }),
  check = {
    domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true,
    edited_at = { "NS1.registrar.example." },
  },
  findings = {
    {
      code = "name_servers_elsewhere",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = "ns1.registrar.example",
      found = "ns1.live.example, ns2.live.example",
      where = "example.com",
      fix = "Enter the record at the host of the name servers that are in use, or have the registrar delegate "
        .. "the domain to the others.",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "missing", findings = { "name_servers_elsewhere" } },
  },
}
