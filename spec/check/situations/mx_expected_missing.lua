return {
  title = "a domain and a return path without the MX records that are expected there",
  zone = {
    ["example.com"] = {
      { type = "A", data = "192.0.2.1" }, { type = "SOA", data = "ns.example.com. h.example.com. 1 3600 600 86400 900", ttl = 900 },
    },
  },
  check = {
    domain = "example.com", only = { "mx" },
    expect = {
      { id = "own", match = "mx", value = { "10 mx1.service.example", "20 mx2.service.example" } },
      { id = "bounces", match = "mx", name = "bounces.example.com", value = "10 feedback.service.example", required = false },
    },
  },
  findings = { { code = "record_missing", severity = "pending", name = "example.com", record = "own", retry_in = 900 } },
  absent = { "mx_none", "mx_nowhere" },
  status = "unknown",
  records = { own = { status = "missing" }, bounces = { status = "missing", findings = {} } },
}
