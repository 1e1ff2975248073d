local zones = require "spec.support.zones"

return {
  title = "a delegation as expected",
  zone = zones.plain {
    ["em.example.com"] = { { type = "NS", data = "ns2.provider.example." }, { type = "NS", data = "ns1.provider.example." } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = {
      { id = "zone", match = "ns_delegation", name = "em.example.com", value = { "ns1.provider.example", "ns2.provider.example" } },
    },
  },
  findings = {},
  status = "ok",
  records = {
    zone = {
      name = "em.example.com", type = "NS", status = "found",
      findings = {}, found = "ns1.provider.example; ns2.provider.example",
    },
  },
}
