return {
  title = "a CNAME to nothing, where nobody requires a key any more",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900" } },
    ["s1._domainkey.example.com"] = { { type = "CNAME", data = "s1.provider.example." } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { { id = "old", match = "dkim_key", name = "s1._domainkey.example.com", required = false } },
  },
  findings = { { code = "cname_dangling", severity = "warning", name = "s1._domainkey.example.com", record = "old" } },
  absent = { "cname_target_missing" },
  status = "warning",
  records = {
    old = { status = "missing", findings = { "cname_dangling" } },
  },
}
