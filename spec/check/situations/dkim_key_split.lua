local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key in two TXT records",
  line = "one key split over two TXT records",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = {
      { type = "TXT", data = texts.good:sub(256) }, { type = "TXT", data = texts.good:sub(1, 255) },
    },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "dkim_key_split",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      fix = "Make it one TXT record; where its text is too long for one piece, enter it in several strings of "
        .. "the same record.",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "conflicting", findings = { "dkim_key_split" } },
  },
}
