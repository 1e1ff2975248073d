return {
  title = "a return address that strict alignment keeps out, where DNS does not say whether it is the strictness",
  zone = {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=none; aspf=s" } },
    ["_dmarc.bounces.example.com"] = { { error = "timeout" } },
  },
  check = { domain = "example.com", only = { "dmarc" }, sender = "bounces.example.com" },
  findings = { {
    code = "dns_timeout", severity = "pending", name = "_dmarc.bounces.example.com", retry_in = 60,
  } },
  absent = { "dmarc_spf_not_aligned", "dmarc_spf_strict" },
  status = "unknown",
}
