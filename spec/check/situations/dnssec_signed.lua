return {
  title = "a signed zone, seen through a resolver that does not validate",
  zone = {
    ["example.com"] = {
      { type = "SOA", data = "ns.example.com. h.example.com. 1 3600 600 86400 300" },
      { type = "RRSIG", data = "SOA 13 2 3600 20300101000000 20200101000000 12345 com. c2lnbmF0dXJl" },
      { type = "RRSIG", data = "DS 13 2 3600 20300101000000 20200101000000 12345 com. c2lnbmF0dXJl" },
      { type = "DS", data = "2371 13 2 E2D3C916F6DEEAC73294E8268FB5885044A833FC5459588F4A9184CFC41A5766" },
      { type = "DNSKEY", data = "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==" },
    },
  },
  check = { domain = "mail.example.com", only = { "dnssec" } },
  findings = {},
  absent = { "dnssec_unsigned", "dnssec_no_ds" },
  status = "ok",
  report = { ["dnssec.state"] = "signed", ["dnssec.zone"] = "example.com", ["dnssec.ds"] = { "2371 of algorithm 13" } },
}
