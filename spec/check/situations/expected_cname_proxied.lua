local zones = require "spec.support.zones"

return {
  title = "a CNAME outside of _domainkey that a proxy stands before",
  line = "a proxied CNAME",
  zone = zones.plain {
    ["sk48392.example.com"] = { { type = "A", data = "188.114.96.3" } },
    ["sk48392.kartra.example"] = { { type = "A", data = "192.0.2.7" } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "host", match = "cname_target", name = "sk48392.example.com", target = "sk48392.kartra.example" } },
  },
  findings = {
    {
      code = "cname_proxied",
      severity = "error",
      aspect = "expected",
      name = "sk48392.example.com",
      record = "host",
      expected = "sk48392.kartra.example",
      found = "188.114.96.3",
      where = "Cloudflare",
      fix = "Switch proxying off for this record (DNS only).",
    },
  },
  status = "error",
  records = {
    host = { name = "sk48392.example.com", type = "CNAME", status = "mismatch", findings = { "cname_proxied" } },
  },
}
