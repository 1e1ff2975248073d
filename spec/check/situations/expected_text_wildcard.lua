local zones = require "spec.support.zones"

return {
  title = "a wildcard text in the place of the one expected",
  line = "a wildcard that answers",
  zone = zones.plain {
    ["*.example.com"] = { { type = "TXT", data = "everything" } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "ownership", match = "exact", name = "_mailseal.example.com", value = "Token=abc DEF" } },
  },
  findings = {
    {
      code = "record_wildcard",
      severity = "pending",
      aspect = "expected",
      name = "_mailseal.example.com",
      record = "ownership",
      expected = "Token=abc DEF",
      found = "everything",
      retry_in = 300,
      fix = "Publish the TXT record at _mailseal.example.com, which then goes before the wildcard.",
    },
  },
  status = "unknown",
  retry_in = 300,
  records = {
    ownership = {
      name = "_mailseal.example.com", type = "TXT", status = "missing",
      findings = { "record_wildcard" }, found = "everything",
    },
  },
}
