local texts = require "spec.support.dkim_texts"

return {
  title = "a key in a zone of which one name server is lame",
  zone = {
    ["example.com"] = {
      { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900" },
      { error = "lame", servers = { "ns3.example.com" } },
      { type = "NS", data = "ns1.example.com." }, { type = "NS", data = "ns2.example.com." }, { type = "NS", data = "ns3.example.com." },
    },
    ["ns1.example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["ns2.example.com"] = { { type = "A", data = "192.0.2.2" } },
    ["ns3.example.com"] = { { type = "A", data = "192.0.2.3" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    {
      code = "name_server_lame",
      severity = "warning",
      aspect = "dkim",
      name = "example.com",
      found = "not_authoritative",
      where = "ns3.example.com",
      fix = "Have the DNS host serve the zone there, or remove that NS record from the zone and at the registrar.",
    },
  },
  status = "warning",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "found", findings = {}, found = texts.good },
  },
}
