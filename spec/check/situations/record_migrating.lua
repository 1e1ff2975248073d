local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a CNAME to what was the right target once",
  zone = zones.plain {
    ["u1._domainkey.example.com"] = { { type = "CNAME", data = "infusionmail.example." } },
    ["infusionmail.example"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { {
      id = "keap", match = "cname_target", name = "u1._domainkey.example.com", target = "dkim.infusionmail.example",
      migrations = { { from = "infusionmail.example", to = "dkim.infusionmail.example" } },
    } },
  },
  findings = {
    {
      code = "record_migrating",
      severity = "warning",
      aspect = "dkim",
      name = "u1._domainkey.example.com",
      record = "keap",
      expected = "dkim.infusionmail.example",
      found = "infusionmail.example",
      fix = "Change it to dkim.infusionmail.example.",
    },
  },
  status = "warning",
  records = {
    keap = {
      name = "u1._domainkey.example.com", type = "CNAME", status = "migrating",
      findings = { "record_migrating" }, found = "infusionmail.example",
    },
  },
}
