local zones = require "spec.support.zones"

return {
  title = "MX records that not all name servers have yet",
  line = "name servers that disagree",
  zone = zones.served_by(2, {
    ["example.com"] = {
      { type = "MX", data = "10 new.example.com.", servers = { "ns1.example.com" } },
      { type = "MX", data = "10 old.example.com.", servers = { "ns2.example.com" } },
    },
    ["new.example.com"] = { { type = "A", data = "192.0.2.3" } },
    ["old.example.com"] = { { type = "A", data = "192.0.2.4" } },
  }),
  check = {
    domain = "example.com", only = { "mx" }, name_servers = true,
    expect = { { id = "mx", match = "mx", value = "10 new.example.com" } },
  },
  findings = { { code = "name_servers_disagree", severity = "pending", name = "example.com", record = "mx", where = "example.com" } },
  status = "unknown",
  records = { mx = { status = "propagating" } },
}
