return {
  title = "a zone with a DS record and the key to it, and no signatures",
  zone = {
    ["example.com"] = {
      { type = "SOA", data = "ns.example.com. h.example.com. 1 3600 600 86400 300" },
      { type = "DS", data = "2371 13 2 E2D3C916F6DEEAC73294E8268FB5885044A833FC5459588F4A9184CFC41A5766" },
      { type = "RRSIG", data = "DS 13 2 3600 20300101000000 20200101000000 12345 com. c2lnbmF0dXJl" },
      { type = "DNSKEY", data = "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==" },
    },
  },
  check = { domain = "example.com", only = { "dnssec" } },
  findings = { { code = "dnssec_not_signed", severity = "error", name = "example.com", expected = { "2371 of algorithm 13" } } },
  status = "error",
}
