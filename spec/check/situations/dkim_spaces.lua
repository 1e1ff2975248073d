local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key with spaces inside p=",
  line = "a trailing semicolon dropped or added, and spaces inside p=",
  zone = zones.plain {
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
