local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "the key that is expected, written as a bare RSAPublicKey",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.bare } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {},
  absent = { "dkim_wrong_key" },
  status = "ok",
  records = {
    s1 = { status = "found", findings = {}, found = texts.bare },
  },
}
