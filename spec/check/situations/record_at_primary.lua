local texts = require "spec.support.dkim_texts"

return {
  title = "a key that the name servers have not taken over from their primary yet",
  line = "name servers that disagree",
  zone = {
    ["example.com"] = {
      { type = "SOA", data = "ns.hidden.example. hostmaster.live.example. 1 3600 600 86400 900" },
      { type = "NS", data = "ns1.live.example." }, { type = "NS", data = "ns2.live.example." },
      { type = "NS", data = "ns.hidden.example.", servers = { "ns.hidden.example" } },
    },
    ["ns1.live.example"] = { { type = "A", data = "192.0.2.1" } },
    ["ns2.live.example"] = { { type = "A", data = "192.0.2.2" } },
    ["ns.hidden.example"] = { { type = "A", data = "192.0.2.9" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good, servers = { "ns.hidden.example" } } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    {
      code = "record_at_primary",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = "ns1.live.example, ns2.live.example",
      where = "ns.hidden.example",
      retry_in = 300,
      fix = "Wait; where it stays so for hours, have the DNS host see why its name servers do not follow.",
    },
  },
  status = "unknown",
  retry_in = 300,
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "propagating", findings = { "record_at_primary" } },
  },
}
