local texts = require "spec.support.dkim_texts"

return {
  title = "a return address in a subdomain, whose SPF record lets one address send and another one not",
  zone = {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:d@example.com" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
    ["example.com"] = { { type = "TXT", data = "v=spf1 -all" } },
    ["bounces.example.com"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1 -all" } },
  },
  check = {
    domain = "example.com", only = { "dkim", "spf", "dmarc" }, selectors = { "s1" }, sender = "<b@bounces.example.com>",
    addresses = { "192.0.2.1" },
  },
  findings = {},
  absent = { "dmarc_spf_not_aligned", "dmarc_spf_strict" },
  status = "ok",
  report = { ["dmarc.alignment.dkim"] = true, ["dmarc.alignment.spf"] = true, ["spf.results.1.domain"] = "bounces.example.com" },
}
