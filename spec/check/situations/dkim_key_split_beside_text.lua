local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key in two TXT records, each in quotes, beside another text",
  line = "one key split over two TXT records",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = {
      { type = "TXT", data = ' "' .. texts.good:sub(256) .. '"' }, { type = "TXT", data = "v=spf1 -all" },
      { type = "TXT", data = '"' .. texts.good:sub(1, 255) .. '" ' },
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
      found = '"' .. texts.good:sub(1, 255) .. '" ',
    },
    {
      code = "dkim_leftover_text",
      severity = "warning",
      name = "s1._domainkey.example.com",
      found = "v=spf1 -all",
    },
  },
  status = "error",
  records = {
    s1 = { status = "conflicting", findings = { "dkim_key_split", "dkim_leftover_text" } },
  },
}
