local zones = require "spec.support.zones"

return {
  title = "a text that is not there yet",
  zone = zones.plain {
    ["_mailseal.example.com"] = { { type = "TXT", data = "other" } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "ownership", match = "exact", name = "_mailseal.example.com", value = "Token=abc DEF" } },
  },
  findings = {
    {
      code = "record_missing",
      severity = "pending",
      aspect = "expected",
      name = "_mailseal.example.com",
      record = "ownership",
      expected = "Token=abc DEF",
      where = "example.com",
      retry_in = 300,
      fix = "Publish it at the host of the domain's DNS (example.com), with _mailseal as its name, to which the host appends "
        .. "example.com; where that has been done, caches may remember until 2027-01-15 08:05 UTC that it was not there.",
    },
  },
  status = "unknown",
  retry_in = 300,
  records = {
    ownership = {
      name = "_mailseal.example.com", type = "TXT", status = "missing",
      findings = { "record_missing" }, found = "other",
    },
  },
}
