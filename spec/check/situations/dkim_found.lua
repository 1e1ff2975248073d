local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key as expected",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {},
  status = "ok",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "found", findings = {}, found = texts.good },
  },
}
