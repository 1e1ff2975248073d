local zones = require "spec.support.zones"

return {
  title = "a CNAME outside of _domainkey",
  zone = zones.plain {
    ["sk48392.example.com"] = { { type = "CNAME", data = "sk48392.kartra.example." } },
    ["sk48392.kartra.example"] = { { type = "MX", data = "10 mx.kartra.example." } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "host", match = "cname_target", name = "sk48392.example.com", target = "sk48392.kartra.example" } },
  },
  findings = {},
  status = "ok",
  records = {
    host = { name = "sk48392.example.com", type = "CNAME", status = "found", findings = {}, found = "sk48392.kartra.example" },
  },
}
