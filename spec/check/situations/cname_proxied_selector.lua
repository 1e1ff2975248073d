local zones = require "spec.support.zones"

return {
  title = "a selector at which there are addresses of Cloudflare's proxy",
  line = "a proxied CNAME",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "AAAA", data = "2606:4700:3030::6815:304" } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "cname_proxied",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "2606:4700:3030::6815:304",
      where = "Cloudflare",
      fix = "Switch proxying off for this record (DNS only).",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "mismatch", findings = { "cname_proxied" } },
  },
}
