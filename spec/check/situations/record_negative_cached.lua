local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key that was published after it had been asked for",
  line = "a negative answer still cached",
  before = zones.served_by(3),
  elapsed = 60,
  zone = zones.served_by(3, {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  }),
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    {
      code = "record_negative_cached",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      expected = texts.good,
      where = "example.com",
      retry_in = 240,
      fix = "Nothing is to be done but to wait.",
    },
  },
  status = "unknown",
  retry_in = 240,
  records = {
    s1 = {
      name = "s1._domainkey.example.com", type = "TXT", status = "propagating",
      findings = { "record_negative_cached" }, found = texts.good,
    },
  },
}
