local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "the key that was in use before",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.other } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { {
      id = "s1", match = "dkim_key", selector = "s1", key = texts.good, migrations = { { from = texts.other, to = "the new key" } },
    } },
  },
  findings = {
    {
      code = "record_migrating",
      severity = "warning",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = "the new key",
      found = texts.other,
      fix = "Change it to the new key.",
    },
  },
  status = "warning",
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "migrating",
      findings = { "record_migrating" }, found = texts.other,
    },
  },
}
