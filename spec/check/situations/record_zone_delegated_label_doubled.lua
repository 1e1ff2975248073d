local texts = require "spec.support.dkim_texts"

return {
  title = "a key in a zone _domainkey, whose form was given _domainkey as well",
  line = "the record in the wrong zone",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900" } },
    ["_domainkey.example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900" } },
    ["s1._domainkey._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "record_label_doubled",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = "s1._domainkey.example.com",
      found = "s1._domainkey._domainkey.example.com",
      where = "s1._domainkey._domainkey.example.com",
      fix = "Enter s1 as the record's name, to which the host appends _domainkey.example.com.",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "missing", findings = { "record_label_doubled" } },
  },
}
