local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a name server whose address DNS does not tell for now",
  zone = zones.served_by(1, {
    ["example.com"] = { { type = "NS", data = "ns2.other.example." } },
    ["ns2.other.example"] = { { error = "servfail" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  }),
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = { { code = "dns_servfail", severity = "pending", name = "ns2.other.example", retry_in = 60 } },
  absent = { "name_server_without_address" },
  status = "unknown",
  records = { s1 = { status = "found" } },
}
