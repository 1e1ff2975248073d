local texts = require "spec.support.dkim_texts"

return {
  title = "a key with a web page's code in it",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900", ttl = 3600 } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = "v=DKIM1;&nbsp;k=rsa; " .. texts.good:sub(17) } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "pasted_html_entity",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = "&nbsp;",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "mismatch", findings = { "pasted_html_entity" } },
  },
}
