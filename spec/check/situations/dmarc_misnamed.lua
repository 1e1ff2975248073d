return {
  title = "a DMARC record at a label without its underscore",
  zone = { ["dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=none" } } },
  check = { domain = "example.com", only = { "dmarc" } },
  findings = { { code = "record_misnamed", severity = "error", name = "_dmarc.example.com", where = "dmarc.example.com" } },
  status = "error",
}
