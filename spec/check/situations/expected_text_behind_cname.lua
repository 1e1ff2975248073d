local zones = require "spec.support.zones"

return {
  title = "a text expected at a name that is a CNAME to somebody's other texts",
  zone = zones.plain {
    ["em.example.com"] = { { type = "CNAME", data = "provider.example." } },
    ["provider.example"] = { { type = "TXT", data = "v=spf1 -all", ttl = 600 } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "ownership", match = "exact", name = "em.example.com", value = "verify=abc" } },
  },
  findings = {
    {
      code = "cname_target_missing",
      severity = "pending",
      aspect = "expected",
      name = "em.example.com",
      record = "ownership",
      found = "provider.example",
      retry_in = 300,
    },
  },
  absent = { "record_missing" },
  status = "unknown",
  retry_in = 300,
  records = {
    ownership = { status = "missing", found = "v=spf1 -all", findings = { "cname_target_missing" } },
  },
}
