local texts = require "spec.support.dkim_texts"

return {
  title = "a domain whose mail cannot be aligned, and whose key is too small",
  zone = {
    ["example.com"] = { { type = "TXT", data = "v=spf1 -all" }, { type = "MX", data = "10 mx.example.com." } },
    ["mx.example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=none; rua=mailto:d@example.com" } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.weak } },
  },
  check = { domain = "example.com", only = { "dkim", "dmarc", "mx", "profile" }, selectors = { "s1" }, sender = "b@service.example" },
  findings = {
    { code = "dkim_key_weak", severity = "error" },
    { code = "profile_alignment", severity = "warning", where = { "Gmail", "Yahoo", "Outlook.com" } },
  },
  absent = { "profile_spf", "profile_replies" },
  status = "error",
}
