local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key that is not published any more",
  before = zones.served_by(3, {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good, ttl = 1800 } },
  }),
  elapsed = 60,
  zone = zones.served_by(3),
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    {
      code = "record_gone",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      where = "example.com",
      retry_in = 1740,
      fix = "Publish the record again, before caches forget it.",
    },
  },
  status = "unknown",
  retry_in = 1740,
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "missing", findings = { "record_gone" } },
  },
}
