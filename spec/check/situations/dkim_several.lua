local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "two mail services with a selector each",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
    ["s2._domainkey.example.com"] = { { type = "TXT", data = texts.ed25519 } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1", "s2" } },
  findings = {},
  status = "ok",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "found", findings = {}, found = texts.good },
    s2 = { name = "s2._domainkey.example.com", type = "TXT", status = "found", findings = {}, found = texts.ed25519 },
  },
}
