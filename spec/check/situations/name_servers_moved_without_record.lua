local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a key that is not there yet, in a zone that was moved to another DNS host while caches still ask the former one",
  before = zones.delegated("ns.old.example"),
  elapsed = 600,
  zone = zones.delegated("ns.new.example", {
    ["example.com"] = { { type = "NS", data = "ns.old.example.", servers = { "ns.old.example" } } },
  }),
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" }, key = texts.good, name_servers = true },
  findings = {
    { code = "name_servers_moved", severity = "pending", name = "example.com", retry_in = 3000 },
    {
      code = "record_missing",
      severity = "pending",
      name = "s1._domainkey.example.com",
      record = "s1",
      retry_in = 300,
      fix = "Publish it at the host of the domain's DNS (ns.new.example), with s1._domainkey as its name, to which the host "
        .. "appends example.com; where that has been done, caches may remember until 2027-01-15 08:05 UTC that it was not "
        .. "there.",
    },
  },
  status = "unknown",
  retry_in = 300,
  records = {
    s1 = { status = "missing", findings = { "name_servers_moved", "record_missing" } },
  },
}
