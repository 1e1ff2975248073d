local texts = require "spec.support.dkim_texts"

return {
  title = "a zone that was moved, and that the servers which a cache remembers do not serve any more",
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
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.other, ttl = 3600 } },
  },
  elapsed = 600,
  zone = {
    ["com"] = {
      { type = "SOA", data = "a.gtld.example. h.gtld.example. 1 3600 600 86400 900" }, { type = "NS", data = "a.gtld.example." },
    },
    ["a.gtld.example"] = { { type = "A", data = "192.0.2.55" } },
    ["example.com"] = {
      { type = "SOA", data = "ns.new.example. hostmaster.example.com. 1 3600 600 86400 900" },
      { type = "NS", data = "ns.new.example." },
    },
    ["ns.old.example"] = { { type = "A", data = "192.0.2.1" } },
    ["ns.new.example"] = { { type = "A", data = "192.0.2.9" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    { code = "record_old_cached", severity = "pending", name = "s1._domainkey.example.com", record = "s1", retry_in = 3000 },
  },
  absent = { "name_server_lame" },
  status = "unknown",
  retry_in = 3000,
  records = {
    s1 = { status = "propagating", found = texts.good, findings = { "record_old_cached" } },
  },
}
