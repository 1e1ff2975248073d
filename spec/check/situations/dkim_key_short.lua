local texts = require "spec.support.dkim_texts"

return {
  title = "a key that should be longer",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900", ttl = 3600 } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.short } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "dkim_key_short",
      severity = "warning",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "1024 bits",
    },
  },
  status = "warning",
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "found",
      findings = { "dkim_key_short" }, found = texts.short,
    },
  },
}
