local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key not there yet at a host whose name servers have other names in the zone",
  zone = zones.served_by({ "ns1.live.example", "ns2.live.example" }, {
    ["ns1.registrar.example"] = { { type = "A", data = "192.0.2.2" } },
  }),
  check = {
    domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true,
    edited_at = { "NS1.registrar.example." },
  },
  findings = {
    {
      code = "record_missing",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      where = "example.com",
      retry_in = 300,
      fix = "Publish it at the host of the domain's DNS (ns1.live.example, ns2.live.example), with s1._domainkey as its name, to "
        .. "which the host appends example.com; where that has been done, caches may remember until 2027-01-15 08:05 UTC that "
        .. "it was not there.",
    },
  },
  status = "unknown",
  retry_in = 300,
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "missing", findings = { "record_missing" } },
  },
}
