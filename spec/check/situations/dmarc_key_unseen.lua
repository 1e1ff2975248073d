local texts = require "spec.support.dkim_texts"

return {
  title = "mail of which nobody can tell yet whether it will pass DMARC: its key is not to be seen yet",
  zone = {
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject; rua=mailto:d@example.com" } },
  },
  check = {
    domain = "example.com", only = { "dkim", "dmarc" }, selectors = { "s1" }, key = texts.good, sender = "bounces@service.example",
  },
  findings = { { code = "record_missing", severity = "pending", name = "s1._domainkey.example.com" } },
  absent = { "dmarc_fails", "dmarc_fails_policy" },
  status = "unknown",
}
