local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key that was cut at 255 characters",
  line = "a key cut at 255",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good:sub(1, 255) } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "dkim_cut_at_255",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = "6enp6enp6enp",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "mismatch", findings = { "dkim_cut_at_255" } },
  },
}
