local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a CNAME with the domain appended twice, under a wildcard",
  line = "a doubled zone name",
  zone = zones.plain {
    ["*.example.com"] = { { type = "A", data = "104.21.3.4" }, { type = "TXT", data = "v=spf1 -all" } },
    ["s1._domainkey.example.com.example.com"] = { { type = "CNAME", data = "s1.dkim.provider.example." } },
    ["s1.dkim.provider.example"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" } },
  },
  findings = {
    {
      code = "record_name_doubled",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "one",
      expected = "s1._domainkey.example.com",
      found = "s1._domainkey.example.com.example.com",
      where = "s1._domainkey.example.com.example.com",
      fix = "Enter s1._domainkey as the record's name, to which the host appends example.com; or the whole name "
        .. "with a dot at its end, where the host takes that.",
    },
  },
  status = "error",
  records = {
    one = { name = "s1._domainkey.example.com", type = "CNAME", status = "missing", findings = { "record_name_doubled" } },
  },
}
