local texts = require "spec.support.dkim_texts"

return {
  title = "a key whose text the DNS host's form put into lower case",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900", ttl = 3600 } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good:lower() } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "record_altered",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = texts.good:lower(),
    },
  },
  status = "error",
  records = {
    s1 = { status = "mismatch", findings = { "record_altered" } },
  },
}
