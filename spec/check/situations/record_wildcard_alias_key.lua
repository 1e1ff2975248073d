local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a wildcard CNAME that answers where a key is expected",
  line = "a wildcard that answers",
  zone = zones.plain {
    ["*.example.com"] = { { type = "CNAME", data = "www.hosting.example." } },
    ["hosting.example"] = { { type = "SOA", data = "ns.hosting.example. h.hosting.example. 1 3600 600 86400 900" } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "record_wildcard",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = "www.hosting.example",
      retry_in = 300,
      fix = "Publish the TXT record at s1._domainkey.example.com, which then goes before the wildcard.",
    },
    { code = "cname_dangling", severity = "warning", found = "www.hosting.example" },
  },
  absent = { "cname_target_missing" },
  status = "unknown",
  retry_in = 300,
  records = {
    s1 = { status = "missing", findings = { "record_wildcard", "cname_dangling" } },
  },
}
