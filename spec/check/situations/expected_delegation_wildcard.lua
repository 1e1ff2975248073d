local zones = require "spec.support.zones"

return {
  title = "a wildcard CNAME that answers where a delegation is expected",
  zone = zones.plain {
    ["*.example.com"] = { { type = "CNAME", data = "hosting.example." } },
    ["hosting.example"] = { { type = "NS", data = "ns1.hosting.example." } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "zone", match = "ns_delegation", name = "em.example.com", value = { "ns1.provider.example" } } },
  },
  findings = {
    { code = "record_wildcard", severity = "pending", name = "em.example.com", record = "zone", found = "hosting.example" },
  },
  status = "unknown",
  records = {
    zone = { status = "missing", findings = { "record_wildcard" } },
  },
}
