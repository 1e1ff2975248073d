local zones = require "spec.support.zones"

return {
  title = "a CNAME where a delegation is expected, to a zone that is served as expected",
  zone = zones.plain {
    ["em.example.com"] = { { type = "CNAME", data = "provider.example." } },
    ["provider.example"] = { { type = "NS", data = "ns1.provider.example." } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "zone", match = "ns_delegation", name = "em.example.com", value = { "ns1.provider.example" } } },
  },
  findings = {
    {
      code = "delegation_replaced",
      severity = "error",
      aspect = "expected",
      name = "em.example.com",
      record = "zone",
      expected = "ns1.provider.example",
      found = "provider.example",
      fix = "Remove the CNAME, and make an NS record of the same name for each of ns1.provider.example.",
    },
  },
  status = "error",
  records = {
    zone = { status = "mismatch", findings = { "delegation_replaced" } },
  },
}
