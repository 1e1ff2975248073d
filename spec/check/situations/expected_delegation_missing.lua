local zones = require "spec.support.zones"

return {
  title = "a delegation that is not there yet",
  zone = zones.plain(),
  check = {
    domain = "example.com", only = { "expected" },
    expect = {
      { id = "zone", match = "ns_delegation", name = "em.example.com", value = { "ns1.provider.example", "ns2.provider.example" } },
    },
  },
  findings = {
    {
      code = "record_missing",
      severity = "pending",
      aspect = "expected",
      name = "em.example.com",
      record = "zone",
      expected = "ns1.provider.example, ns2.provider.example",
      where = "example.com",
      retry_in = 900,
      fix = "Publish it at the host of the domain's DNS (example.com), with em as its name, to which the host appends "
        .. "example.com; where that has been done, caches may remember until 2027-01-15 08:15 UTC that it was not there.",
    },
  },
  status = "unknown",
  retry_in = 900,
  records = {
    zone = { name = "em.example.com", type = "NS", status = "missing", findings = { "record_missing" } },
  },
}
