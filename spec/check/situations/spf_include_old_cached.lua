local function zone(text)
  return {
    ["example.com"] = {
      { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900" },
      { type = "NS", data = "ns1.example.com." }, { type = "TXT", data = text, ttl = 3600 },
    },
    ["ns1.example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["_spf.service.example"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.0/24 -all" } },
  }
end

return {
  title = "an include that is published, where caches still remember the record without it",
  before = zone "v=spf1 ip4:192.0.2.1 ~all",
  elapsed = 600,
  zone = zone "v=spf1 ip4:192.0.2.1 include:_spf.service.example ~all",
  check = {
    domain = "example.com", only = { "spf" }, name_servers = true,
    expect = { { id = "spf", match = "spf_include", include = "_spf.service.example" } },
  },
  findings = { { code = "record_old_cached", severity = "pending", name = "example.com", record = "spf", retry_in = 3000 } },
  absent = { "spf_include_missing" },
  status = "unknown",
  records = { spf = { status = "propagating" } },
}
