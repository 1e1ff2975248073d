local zones = require "spec.support.zones"

return {
  title = "a CNAME outside of _domainkey that was flattened",
  line = "a flattened CNAME",
  zone = zones.plain {
    ["sk48392.example.com"] = { { type = "A", data = "192.0.2.7" } },
    ["sk48392.kartra.example"] = { { type = "A", data = "192.0.2.7" } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "host", match = "cname_target", name = "sk48392.example.com", target = "sk48392.kartra.example" } },
  },
  findings = {
    {
      code = "cname_flattened",
      severity = "error",
      aspect = "expected",
      name = "sk48392.example.com",
      record = "host",
      expected = "sk48392.kartra.example",
      found = "192.0.2.7",
      fix = "Switch flattening and proxying off for this record, so that it is a plain CNAME.",
    },
  },
  status = "error",
  records = {
    host = { name = "sk48392.example.com", type = "CNAME", status = "mismatch", findings = { "cname_flattened" } },
  },
}
