return {
  title = "the SPF record of a return address below the domain at a name with the domain appended",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=spf1 -all" } },
    ["em.example.com"] = { { type = "MX", data = "10 mx.provider.example." } },
    ["em.example.com.example.com"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1 -all" } },
  },
  check = { domain = "example.com", only = { "spf" }, addresses = { "192.0.2.1" }, sender = "b@em.example.com" },
  findings = { {
    code = "record_name_doubled", severity = "error", name = "em.example.com", where = "em.example.com.example.com",
    fix = "Enter em as the record's name, to which the host appends example.com; or the whole name with a dot at its end, where the "
      .. "host takes that.",
  } },
  absent = { "spf_missing", "spf_misplaced" },
  status = "error",
}
