local zones = require "spec.support.zones"

return {
  title = "an SPF record and a DMARC record that not all name servers have",
  line = "name servers that disagree",
  zone = zones.served_by(2, {
    ["example.com"] = { { type = "TXT", data = "v=spf1 -all", servers = { "ns1.example.com" } } },
    ["_dmarc.example.com"] = {
      { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:d@example.com", servers = { "ns1.example.com" } },
    },
  }),
  check = {
    domain = "example.com", only = { "spf", "dmarc" }, name_servers = true,
    expect = { { id = "dmarc", match = "dmarc_any_valid" } },
  },
  findings = {
    { code = "name_servers_disagree", severity = "pending", aspect = "spf", name = "example.com", where = "example.com" },
    { code = "name_servers_disagree", severity = "pending", aspect = "dmarc", name = "_dmarc.example.com", record = "dmarc" },
  },
  status = "unknown",
  records = { dmarc = { status = "propagating" } },
}
