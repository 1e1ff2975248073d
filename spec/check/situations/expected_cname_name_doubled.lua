local zones = require "spec.support.zones"

return {
  title = "a CNAME outside of _domainkey, with the domain appended twice",
  line = "a doubled zone name",
  zone = zones.plain {
    ["sk48392.example.com.example.com"] = { { type = "CNAME", data = "sk48392.kartra.example." } },
    ["sk48392.kartra.example"] = { { type = "A", data = "192.0.2.7" } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "host", match = "cname_target", name = "sk48392.example.com", target = "sk48392.kartra.example" } },
  },
  findings = {
    {
      code = "record_name_doubled",
      severity = "error",
      aspect = "expected",
      name = "sk48392.example.com",
      record = "host",
      expected = "sk48392.example.com",
      found = "sk48392.example.com.example.com",
      where = "sk48392.example.com.example.com",
      fix = "Enter sk48392 as the record's name, to which the host appends example.com; or the whole name with "
        .. "a dot at its end, where the host takes that.",
    },
  },
  status = "error",
  records = {
    host = { name = "sk48392.example.com", type = "CNAME", status = "missing", findings = { "record_name_doubled" } },
  },
}
