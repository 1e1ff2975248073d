local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "an old key that was revoked, beside the one that is in use",
  zone = zones.plain {
    ["old._domainkey.example.com"] = { { type = "TXT", data = "v=DKIM1; p=" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good,
    expect = { { id = "old", match = "dkim_key", selector = "old", required = false } },
  },
  findings = {},
  status = "ok",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "found", findings = {}, found = texts.good },
    old = { name = "old._domainkey.example.com", type = "TXT", status = "mismatch", findings = {}, found = "v=DKIM1; p=" },
  },
}
