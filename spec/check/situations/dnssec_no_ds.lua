return {
  title = "a signed zone that nothing above vouches for",
  zone = {
    ["example.com"] = {
      { type = "SOA", data = "ns.example.com. h.example.com. 1 3600 600 86400 300" },
      { type = "DNSKEY", data = "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==" },
    },
  },
  check = { domain = "example.com", only = { "dnssec" } },
  findings = { { code = "dnssec_no_ds", severity = "advice", name = "example.com" } },
  status = "ok",
  report = { ["dnssec.state"] = "island", ["dnssec.keys"] = { "2371 of algorithm 13" } },
}
