local zones = require "spec.support.zones"

return {
  title = "a key that need not be there, and is not",
  zone = zones.plain(),
  check = {
    domain = "example.com", only = { "dkim" }, expect = { { id = "old", match = "dkim_key", selector = "s1", required = false } },
  },
  findings = {},
  status = "ok",
  records = {
    old = { name = "s1._domainkey.example.com", type = "TXT", status = "missing", findings = {} },
  },
}
