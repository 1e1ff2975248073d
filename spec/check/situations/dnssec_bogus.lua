return {
  title = "a signed zone that does not validate, for a reason that is not to be seen",
  zone = {
    ["example.com"] = {
      { type = "SOA", data = "ns.example.com. h.example.com. 1 3600 600 86400 300" },
      { type = "RRSIG", data = "SOA 13 2 3600 20300101000000 20200101000000 12345 com. c2lnbmF0dXJl" },
      { type = "DS", data = "2371 13 2 E2D3C916F6DEEAC73294E8268FB5885044A833FC5459588F4A9184CFC41A5766" },
      { type = "DNSKEY", data = "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==" },
      { error = "bogus" },
    },
  },
  check = { domain = "example.com", only = { "dnssec" } },
  findings = { { code = "dns_bogus", severity = "pending", name = "example.com", retry_in = 60 } },
  status = "unknown",
  report = { ["dnssec.state"] = "bogus" },
}
