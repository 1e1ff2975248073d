local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key at a host that the zone above names, where the zone names another",
  line = "the record at the wrong DNS host",
  zone = zones.served_by({ "ns1.live.example", "ns2.live.example" }, {
    ["com"] = {
      { type = "SOA", data = "a.nic.example. hostmaster.nic.example. 1 3600 600 86400 900" }, { type = "NS", data = "a.nic.example." },
    },
    ["a.nic.example"] = { { type = "A", data = "192.0.2.50" } },
    ["example.com"] = { { type = "NS", data = "ns1.new.example.", servers = { "a.nic.example", "ns1.new.example" } } },
    ["ns1.new.example"] = { { type = "A", data = "192.0.2.9" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good, servers = { "ns1.new.example" } } },
  }),
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    {
      code = "record_at_one_host",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = "ns1.live.example, ns2.live.example",
      where = "ns1.new.example",
      fix = "Enter the record at both hosts, and have the registrar and the zone name the same servers.",
    },
    {
      code = "name_servers_differ",
      severity = "warning",
      aspect = "dkim",
      name = "example.com",
      expected = "ns1.live.example, ns1.new.example, ns2.live.example",
      found = "ns1.live.example, ns2.live.example",
      fix = "Have the registrar name the servers that the zone is edited at, and the zone the same.",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "conflicting", findings = { "record_at_one_host" } },
  },
}
