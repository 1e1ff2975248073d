local texts = require "spec.support.dkim_texts"

return {
  title = "the key that is expected, written as a bare RSAPublicKey",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900", ttl = 3600 } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.bare } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {},
  absent = { "dkim_wrong_key" },
  status = "ok",
  records = {
    s1 = { status = "found", findings = {}, found = texts.bare },
  },
}
