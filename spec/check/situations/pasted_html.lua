local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key with a web page's code in it",
  zone = zones.plain {
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
