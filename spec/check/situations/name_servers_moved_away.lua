local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a zone that was moved, and that the servers which a cache remembers do not serve any more",
  line = "pending is never told as failed",
  before = zones.delegated("ns.old.example", {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.other, ttl = 3600 } },
  }),
  elapsed = 600,
  zone = zones.delegated("ns.new.example", {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  }),
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
