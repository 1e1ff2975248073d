local texts = require "spec.support.dkim_texts"

return {
  title = "a zone that was moved to another DNS host with its key, while caches still ask the former one",
  line = "pending is never told as failed",
  before = {
    ["com"] = {
      { type = "SOA", data = "a.gtld.example. h.gtld.example. 1 3600 600 86400 900" }, { type = "NS", data = "a.gtld.example." },
    },
    ["a.gtld.example"] = { { type = "A", data = "192.0.2.55" } },
    ["example.com"] = {
      { type = "SOA", data = "ns.old.example. hostmaster.example.com. 1 3600 600 86400 900" },
      { type = "NS", data = "ns.old.example.", ttl = 3600 },
    },
    ["ns.old.example"] = { { type = "A", data = "192.0.2.1" } },
    ["ns.new.example"] = { { type = "A", data = "192.0.2.9" } },
  },
  elapsed = 600,
  zone = {
    ["com"] = {
      { type = "SOA", data = "a.gtld.example. h.gtld.example. 1 3600 600 86400 900" }, { type = "NS", data = "a.gtld.example." },
    },
    ["a.gtld.example"] = { { type = "A", data = "192.0.2.55" } },
    ["example.com"] = {
      { type = "SOA", data = "ns.new.example. hostmaster.example.com. 1 3600 600 86400 900" },
      { type = "NS", data = "ns.new.example." }, { type = "NS", data = "ns.old.example.", servers = { "ns.old.example" } },
    },
    ["ns.old.example"] = { { type = "A", data = "192.0.2.1" } },
    ["ns.new.example"] = { { type = "A", data = "192.0.2.9" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good, servers = { "ns.new.example" } } },
  },
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
