return {
  title = "a CNAME outside of _domainkey",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900", ttl = 3600 } },
    ["sk48392.example.com"] = { { type = "CNAME", data = "sk48392.kartra.example." } },
    ["sk48392.kartra.example"] = { { type = "MX", data = "10 mx.kartra.example." } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = {
      { id = "host", match = "cname_target", name = "sk48392.example.com", target = "sk48392.kartra.example" },
    },
  },
  findings = {},
  status = "ok",
  records = {
    host = { name = "sk48392.example.com", type = "CNAME", status = "found", findings = {}, found = "sk48392.kartra.example" },
  },
}
