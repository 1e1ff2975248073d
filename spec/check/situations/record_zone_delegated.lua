local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key that is not seen, at a _domainkey that is a zone of its own",
  line = "the record in the wrong zone",
  zone = zones.served_by(1, {
    ["_domainkey.example.com"] = {
      { type = "SOA", data = "ns1.other.example. hostmaster.other.example. 1 3600 600 86400 600", ttl = 600 },
      { type = "NS", data = "ns1.other.example." }, { type = "NS", data = "ns2.other.example." },
    },
    ["ns1.other.example"] = { { type = "A", data = "192.0.2.11" } },
    ["ns2.other.example"] = { { type = "A", data = "192.0.2.12" } },
  }),
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    {
      code = "record_zone_delegated",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = "ns1.other.example, ns2.other.example",
      where = "_domainkey.example.com",
      retry_in = 600,
      fix = "Enter the record at the host of those name servers, or remove the delegation of "
        .. "_domainkey.example.com and enter it in the zone above; caches may remember until 2027-01-15 08:10 UTC that it was not there.",
    },
  },
  status = "unknown",
  retry_in = 600,
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "missing", findings = { "record_zone_delegated" } },
  },
}
