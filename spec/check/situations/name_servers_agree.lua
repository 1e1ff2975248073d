local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key that all name servers have",
  zone = zones.served_by(3, {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  }),
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {},
  status = "ok",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "found", findings = {}, found = texts.good },
  },
  report = { ["name_servers.asked.1.status"] = "ok" },
}
