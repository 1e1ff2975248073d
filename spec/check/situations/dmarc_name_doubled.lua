return {
  title = "a DMARC record whose name holds the domain twice",
  line = "a doubled zone name",
  zone = { ["_dmarc.example.com.example.com"] = { { type = "TXT", data = "v=DMARC1; p=none" } } },
  check = { domain = "example.com", only = { "dmarc" } },
  findings = { {
    code = "record_name_doubled", severity = "error", name = "_dmarc.example.com", where = "_dmarc.example.com.example.com",
    fix = "Enter _dmarc as the record's name, to which the host appends example.com; or the whole name with a dot at its end, where "
      .. "the host takes that.",
  } },
  absent = { "dmarc_missing" },
  status = "error",
}
