local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key that only caches know, while none of the name servers answers",
  line = "a temporary fault never undoes what was verified",
  before = zones.served_by(2, {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  }),
  elapsed = 60,
  zone = {
    ["example.com"] = {
      { error = "timeout", servers = { "ns1.example.com", "ns2.example.com" } },
      { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900" },
      { type = "NS", data = "ns1.example.com." }, { type = "NS", data = "ns2.example.com." },
    },
    ["ns1.example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["ns2.example.com"] = { { type = "A", data = "192.0.2.2" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    {
      code = "name_servers_unreachable",
      severity = "warning",
      aspect = "name_servers",
      name = "example.com",
      found = "both name servers are silent",
      fix = "See whether this machine may ask name servers (port 53, UDP and TCP); where it may, have the DNS "
        .. "host mend them at once.",
    },
  },
  status = "warning",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "found", findings = {}, found = texts.good },
  },
  report = { ["name_servers.asked.1.status"] = "timeout" },
}
