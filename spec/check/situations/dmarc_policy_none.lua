return {
  title = "a DMARC record that asks for nothing",
  zone = { ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=none; rua=mailto:d@example.com" } } },
  check = { domain = "example.com", only = { "dmarc" } },
  findings = { { code = "dmarc_policy_none", severity = "advice", name = "_dmarc.example.com" } },
  status = "ok",
}
