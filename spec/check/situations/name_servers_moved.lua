local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a zone that was moved to another DNS host with its key, while caches still ask the former one",
  line = "pending is never told as failed",
  before = zones.delegated("ns.old.example"),
  elapsed = 600,
  zone = zones.delegated("ns.new.example", {
    ["example.com"] = { { type = "NS", data = "ns.old.example.", servers = { "ns.old.example" } } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good, servers = { "ns.new.example" } } },
  }),
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    {
      code = "name_servers_moved",
      severity = "pending",
      aspect = "dkim",
      name = "example.com",
      expected = "ns.new.example",
      found = "ns.old.example",
      retry_in = 3000,
    },
  },
  absent = { "name_servers_differ", "record_missing" },
  status = "unknown",
  retry_in = 3000,
  records = {
    s1 = { status = "propagating", findings = { "name_servers_moved" } },
  },
}
