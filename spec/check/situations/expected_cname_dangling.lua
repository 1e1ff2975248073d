local zones = require "spec.support.zones"

return {
  title = "a CNAME outside of _domainkey to a name that does not exist",
  zone = zones.plain {
    ["sk48392.example.com"] = { { type = "CNAME", data = "sk48392.kartra.example." } },
    ["kartra.example"] = { { type = "SOA", data = "ns1.kartra.example. hostmaster.kartra.example. 1 3600 600 86400 200", ttl = 600 } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "host", match = "cname_target", name = "sk48392.example.com", target = "sk48392.kartra.example" } },
  },
  findings = {
    {
      code = "cname_target_missing",
      severity = "pending",
      aspect = "expected",
      name = "sk48392.example.com",
      record = "host",
      expected = "sk48392.kartra.example",
      found = "sk48392.kartra.example",
      retry_in = 200,
      fix = "See whether the target is written as the mail service shows it; where it is, wait or ask the mail "
        .. "service for it.",
    },
    {
      code = "cname_dangling",
      severity = "warning",
      aspect = "expected",
      name = "sk48392.example.com",
      record = "host",
      expected = "sk48392.kartra.example",
      found = "sk48392.kartra.example",
      fix = "Remove the CNAME where the service is not used any more; where it is, see that the target is as the service "
        .. "shows it.",
    },
  },
  status = "unknown",
  retry_in = 200,
  records = {
    host = {
      name = "sk48392.example.com", type = "CNAME", status = "missing",
      findings = { "cname_dangling", "cname_target_missing" }, found = "sk48392.kartra.example",
    },
  },
}
