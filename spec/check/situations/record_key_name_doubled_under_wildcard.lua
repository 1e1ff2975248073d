local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key with the domain appended twice, under a wildcard",
  line = "a doubled zone name",
  zone = zones.plain {
    ["*.example.com"] = { { type = "TXT", data = texts.other } },
    ["s1._domainkey.example.com.example.com"] = { { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "record_name_doubled",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = "s1._domainkey.example.com",
      found = "s1._domainkey.example.com.example.com",
      where = "s1._domainkey.example.com.example.com",
      fix = "Enter s1._domainkey as the record's name, to which the host appends example.com; or the whole name "
        .. "with a dot at its end, where the host takes that.",
    },
  },
  status = "error",
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "missing",
      findings = { "record_name_doubled" }, found = texts.other,
    },
  },
}
