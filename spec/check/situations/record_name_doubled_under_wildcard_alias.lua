local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key at a doubled name, while a wildcard CNAME answers at the right one",
  line = "a doubled zone name",
  zone = zones.plain {
    ["*.example.com"] = { { type = "CNAME", data = "www.hosting.example." } },
    ["www.hosting.example"] = { { type = "A", data = "192.0.2.80" } },
    ["s1._domainkey.example.com.example.com"] = { { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "record_name_doubled",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      where = "s1._domainkey.example.com.example.com",
    },
  },
  status = "error",
  records = {
    s1 = { status = "missing", findings = { "record_name_doubled" } },
  },
}
