return {
  title = "a zone that moved to a DNS host that does not sign it, the DS record remaining",
  zone = {
    ["example.com"] = {
      { type = "SOA", data = "ns.example.com. h.example.com. 1 3600 600 86400 300" },
      { type = "DS", data = "2371 13 2 E2D3C916F6DEEAC73294E8268FB5885044A833FC5459588F4A9184CFC41A5766" },
      { error = "bogus" },
    },
  },
  check = { domain = "example.com", only = { "dnssec" } },
  findings = { {
    code = "dnssec_ds_without_keys", severity = "error", name = "example.com", expected = { "2371 of algorithm 13" },
  } },
  status = "error",
  report = { ["dnssec.state"] = "broken" },
}
