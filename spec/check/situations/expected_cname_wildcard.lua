local zones = require "spec.support.zones"

return {
  title = "a wildcard address in the place of a CNAME",
  zone = zones.plain {
    ["*.example.com"] = { { type = "A", data = "192.0.2.99" } },
    ["sk48392.kartra.example"] = { { type = "A", data = "192.0.2.7" } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "host", match = "cname_target", name = "sk48392.example.com", target = "sk48392.kartra.example" } },
  },
  findings = {
    {
      code = "record_missing",
      severity = "pending",
      aspect = "expected",
      name = "sk48392.example.com",
      record = "host",
      expected = "sk48392.kartra.example",
      where = "example.com",
      retry_in = 300,
      fix = "Publish it at the host of the domain's DNS (example.com), with sk48392 as its name, to which the host appends "
        .. "example.com; where that has been done, caches may remember until 2027-01-15 08:05 UTC that it was not there.",
    },
  },
  status = "unknown",
  retry_in = 300,
  records = {
    host = { name = "sk48392.example.com", type = "CNAME", status = "missing", findings = { "record_missing" } },
  },
}
