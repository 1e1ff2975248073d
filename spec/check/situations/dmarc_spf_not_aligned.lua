local texts = require "spec.support.dkim_texts"

return {
  title = "a return address of another organization, beside a key of the domain's own",
  zone = {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:d@example.com" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim", "dmarc" }, selectors = { "s1" }, sender = "bounces@service.example",
  },
  findings = { {
    code = "dmarc_spf_not_aligned", severity = "advice", name = "example.com", found = "service.example", expected = "example.com",
  } },
  status = "ok",
  report = { ["dmarc.alignment.dkim"] = true, ["dmarc.alignment.spf"] = false },
}
