local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key that was entered where the DMARC record belongs",
  zone = zones.plain {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=none" }, { type = "TXT", data = texts.good } },
  },
  check = { domain = "example.com", only = { "dkim", "dmarc" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "record_misnamed",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      where = "_dmarc.example.com",
      fix = "Enter s1._domainkey as the record's name, to which the host appends example.com.",
    },
  },
  status = "error",
}
