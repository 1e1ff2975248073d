return {
  title = "a key that need not be there, and is not",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900", ttl = 3600 } },
  },
  check = {
    domain = "example.com", only = { "dkim" }, expect = { { id = "old", match = "dkim_key", selector = "s1", required = false } },
  },
  findings = {},
  status = "ok",
  records = {
    old = { name = "s1._domainkey.example.com", type = "TXT", status = "missing", findings = {} },
  },
}
