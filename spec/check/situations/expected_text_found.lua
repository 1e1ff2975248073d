return {
  title = "a text with just the value expected, among others",
  zone = {
    ["example.com"] = { { type = "SOA", data = "ns1.example.com. hostmaster.example.com. 1 3600 600 86400 900", ttl = 3600 } },
    ["_mailseal.example.com"] = { { type = "TXT", data = "other" }, { type = "TXT", data = { "Token=", "abc DEF" } } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = {
      { id = "ownership", match = "exact", name = "_mailseal.example.com", value = "Token=abc DEF" },
    },
  },
  findings = {},
  status = "ok",
  records = {
    ownership = {
      name = "_mailseal.example.com", type = "TXT", status = "found",
      findings = {}, found = "Token=abc DEF; other",
    },
  },
}
