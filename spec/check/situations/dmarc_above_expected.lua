return {
  title = "a DMARC record expected at the organizational domain, while the domain has one of its own",
  zone = {
    ["example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["_dmarc.mail.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:d@mail.example.com" } },
  },
  check = {
    domain = "mail.example.com", only = { "dmarc" },
    expect = { { id = "dmarc", match = "dmarc_any_valid", name = "_dmarc.example.com" } },
  },
  findings = {},
  status = "ok",
  records = { dmarc = { status = "found", name = "_dmarc.example.com" } },
}
