local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a selector with another key than the one expected",
  line = "the right selector with another key",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.other } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good },
  findings = {
    {
      code = "dkim_wrong_key",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      found = texts.other,
      fix = "Publish the expected key there, or sign with the one that is published; where both are in use, "
        .. "each needs a selector of its own.",
    },
  },
  status = "error",
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "mismatch",
      findings = { "dkim_wrong_key" }, found = texts.other,
    },
  },
}
