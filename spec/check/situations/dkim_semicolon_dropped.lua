local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key record without the semicolon before p=",
  line = "a trailing semicolon dropped or added, and spaces inside p=",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = "v=DKIM1; k=rsa " .. texts.good:sub(17) } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "tag_missing_semicolon",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "mismatch", findings = { "tag_missing_semicolon" } },
  },
}
