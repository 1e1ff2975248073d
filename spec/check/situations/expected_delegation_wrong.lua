local zones = require "spec.support.zones"

return {
  title = "a delegation with a name server too few",
  zone = zones.plain {
    ["em.example.com"] = { { type = "NS", data = "ns1.provider.example." } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = {
      { id = "zone", match = "ns_delegation", name = "em.example.com", value = { "ns1.provider.example", "ns2.provider.example" } },
    },
  },
  findings = {
    {
      code = "delegation_wrong",
      severity = "error",
      aspect = "expected",
      name = "em.example.com",
      record = "zone",
      expected = "ns1.provider.example, ns2.provider.example",
      found = "ns1.provider.example",
      fix = "Let the NS records at em.example.com be exactly ns1.provider.example, ns2.provider.example.",
    },
  },
  status = "error",
  records = {
    zone = {
      name = "em.example.com", type = "NS", status = "mismatch",
      findings = { "delegation_wrong" }, found = "ns1.provider.example",
    },
  },
}
