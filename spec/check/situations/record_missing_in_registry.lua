local texts = require "spec.support.dkim_texts"

return {
  title = "a key that is not there yet, of a domain whose records the registry has in its own zone",
  zone = {
    ["example"] = { { type = "SOA", data = "a.gtld.example. h.gtld.example. 1 3600 600 86400 900", ttl = 900 } },
    ["shop.example"] = { { type = "MX", data = "10 mx.shop.example." } },
  },
  check = { domain = "shop.example", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = { { code = "record_missing", severity = "pending", name = "s1._domainkey.shop.example", retry_in = 900 } },
  absent = { "domain_missing" },
  status = "unknown",
}
