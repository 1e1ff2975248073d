local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a selector of which the resolver cannot tell (timeout)",
  line = "a resolver's fault is never told as missing",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { error = "timeout" } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "dns_timeout",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "timeout",
      retry_in = 60,
    },
  },
  status = "unknown",
  retry_in = 60,
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "unknown", findings = { "dns_timeout" } },
  },
}
