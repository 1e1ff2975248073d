return {
  title = "a zone whose DS record is of a key that it no longer has",
  zone = {
    ["example.com"] = {
      { type = "SOA", data = "ns.example.com. h.example.com. 1 3600 600 86400 300" },
      { type = "DS", data = "4711 13 2 E2D3C916F6DEEAC73294E8268FB5885044A833FC5459588F4A9184CFC41A5766" },
      { type = "DNSKEY", data = "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==" },
    },
  },
  check = { domain = "example.com", only = { "dnssec" } },
  findings = { {
    code = "dnssec_ds_of_other_keys", severity = "error", name = "example.com",
    expected = { "4711 of algorithm 13" }, found = { "2371 of algorithm 13" },
  } },
  status = "error",
}
