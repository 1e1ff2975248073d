local zones = require "spec.support.zones"

return {
  title = "an address in the place of a CNAME",
  zone = zones.plain {
    ["sk48392.example.com"] = { { type = "A", data = "192.0.2.99" } },
    ["sk48392.kartra.example"] = { { type = "A", data = "192.0.2.7" } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "host", match = "cname_target", name = "sk48392.example.com", target = "sk48392.kartra.example" } },
  },
  findings = {
    {
      code = "cname_replaced",
      severity = "error",
      aspect = "expected",
      name = "sk48392.example.com",
      record = "host",
      expected = "sk48392.kartra.example",
      found = "192.0.2.99",
      fix = "Remove that record, and make a CNAME of the same name with the target sk48392.kartra.example.",
    },
  },
  status = "error",
  records = {
    host = { name = "sk48392.example.com", type = "CNAME", status = "mismatch", findings = { "cname_replaced" } },
  },
}
