local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key that was entered at a doubled name after it had been looked for there",
  line = "a doubled zone name",
  before = zones.served_by(1),
  elapsed = 60,
  zone = zones.served_by(1, {
    ["s1._domainkey.example.com.example.com"] = { { type = "TXT", data = texts.good } },
  }),
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    {
      code = "record_name_doubled",
      severity = "error",
      name = "s1._domainkey.example.com",
      record = "s1",
      where = "s1._domainkey.example.com.example.com",
    },
  },
  status = "error",
  records = {
    s1 = { status = "missing", findings = { "record_name_doubled" } },
  },
}
