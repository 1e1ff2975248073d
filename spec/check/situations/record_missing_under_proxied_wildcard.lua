local zones = require "spec.support.zones"

return {
  title = "a key that is not there yet, under a wildcard of a proxy",
  zone = zones.plain {
    ["*.example.com"] = { { type = "A", data = "104.21.3.4" } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "record_missing",
      severity = "pending",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      where = "example.com",
      retry_in = 900,
      fix = "Publish it at the host of the domain's DNS (example.com), with s1._domainkey as its name, to which the host appends "
        .. "example.com; where that has been done, caches may remember until 2027-01-15 08:15 UTC that it was not there.",
    },
  },
  status = "unknown",
  retry_in = 900,
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "missing", findings = { "record_missing" } },
  },
}
