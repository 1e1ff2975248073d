local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "three CNAMEs of which one is not there",
  line = "one missing record of three",
  zone = zones.plain {
    ["a._domainkey.example.com"] = { { type = "CNAME", data = "a.dkim.amazonses.example." } },
    ["c._domainkey.example.com"] = { { type = "CNAME", data = "c.dkim.amazonses.example." } },
    ["a.dkim.amazonses.example"] = { { type = "TXT", data = texts.good } },
    ["b.dkim.amazonses.example"] = { { type = "TXT", data = texts.good } },
    ["c.dkim.amazonses.example"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = {
      { id = "dkim 1", match = "cname_target", name = "a._domainkey.example.com", target = "a.dkim.amazonses.example" },
      { id = "dkim 2", match = "cname_target", name = "b._domainkey.example.com", target = "b.dkim.amazonses.example" },
      { id = "dkim 3", match = "cname_target", name = "c._domainkey.example.com", target = "c.dkim.amazonses.example" },
    },
  },
  findings = {
    {
      code = "record_missing",
      severity = "pending",
      aspect = "dkim",
      name = "b._domainkey.example.com",
      record = "dkim 2",
      expected = "b.dkim.amazonses.example",
      where = "example.com",
      retry_in = 900,
      fix = "Publish it at the host of the domain's DNS (example.com), with b._domainkey as its name, to which the host appends "
        .. "example.com; where that has been done, caches may remember until 2027-01-15 08:15 UTC that it was not there.",
    },
  },
  status = "unknown",
  retry_in = 900,
  records = {
    ["dkim 1"] = {
      name = "a._domainkey.example.com", type = "CNAME", status = "found",
      findings = {}, found = "a.dkim.amazonses.example",
    },
    ["dkim 2"] = { name = "b._domainkey.example.com", type = "CNAME", status = "missing", findings = { "record_missing" } },
    ["dkim 3"] = {
      name = "c._domainkey.example.com", type = "CNAME", status = "found",
      findings = {}, found = "c.dkim.amazonses.example",
    },
  },
}
