return {
  title = "a DMARC record expected at the organizational domain, and there",
  zone = {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:d@example.com" } },
    ["mail.example.com"] = { { type = "A", data = "192.0.2.1" } },
  },
  check = {
    domain = "mail.example.com", only = { "dmarc" },
    expect = { { id = "dmarc", match = "dmarc_any_valid", name = "_dmarc.example.com" } },
  },
  findings = {},
  status = "ok",
  records = { dmarc = { status = "found" } },
}
