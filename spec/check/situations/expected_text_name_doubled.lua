local zones = require "spec.support.zones"

return {
  title = "a text for the domain itself, of which the whole name was typed",
  line = "a doubled zone name",
  zone = zones.plain {
    ["example.com.example.com"] = { { type = "TXT", data = "verify=abc" } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "ownership", match = "exact", name = "example.com", value = "verify=abc" } },
  },
  findings = {
    {
      code = "record_name_doubled",
      severity = "error",
      aspect = "expected",
      name = "example.com",
      record = "ownership",
      where = "example.com.example.com",
      fix = "Enter @ as the record's name, to which the host appends example.com; or the whole name with a dot at its end, "
        .. "where the host takes that.",
    },
  },
  status = "error",
  records = {
    ownership = { status = "missing", findings = { "record_name_doubled" } },
  },
}
