local zones = require "spec.support.zones"

return {
  title = "a CNAME whose name and whose target the DNS host appended the domain to",
  line = "a doubled zone name",
  zone = zones.plain {
    ["s1._domainkey.example.com.example.com"] = { { type = "CNAME", data = "s1.provider.example.example.com." } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.provider.example" } },
  },
  findings = {
    {
      code = "record_name_doubled",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "one",
      where = "s1._domainkey.example.com.example.com",
    },
  },
  status = "error",
  records = {
    one = { status = "missing", findings = { "record_name_doubled" } },
  },
}
