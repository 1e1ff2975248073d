return {
  title = "a text put at the domain itself",
  zone = {
    ["example.com"] = {
      { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900" }, { type = "TXT", data = "Token=abc DEF" },
    },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = { { id = "ownership", match = "exact", name = "_mailseal.example.com", value = "Token=abc DEF" } },
  },
  findings = {
    {
      code = "record_at_apex",
      severity = "error",
      aspect = "expected",
      name = "_mailseal.example.com",
      record = "ownership",
      expected = "_mailseal.example.com",
      found = "example.com",
      where = "example.com",
      fix = "Remove it there, and enter it with the name _mailseal, to which the host appends example.com.",
    },
  },
  status = "error",
  records = {
    ownership = { name = "_mailseal.example.com", type = "TXT", status = "missing", findings = { "record_at_apex" } },
  },
}
