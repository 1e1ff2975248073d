local texts = require "spec.support.dkim_texts"

return {
  title = "a key with spaces inside p=",
  line = "a trailing semicolon dropped or added, and spaces inside p=",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900", ttl = 3600 } },
    ["s1._domainkey.example.com"] = {
      { type = "TXT", data = texts.good:sub(1, 60) .. " " .. texts.good:sub(61, 120) .. " " .. texts.good:sub(121) },
    },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "dkim_p_white_space",
      severity = "warning",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = "8AMIIBCgKCAQ",
    },
  },
  status = "warning",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "found", findings = { "dkim_p_white_space" } },
  },
}
