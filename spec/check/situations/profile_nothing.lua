return {
  title = "a domain that meets little of what large receivers ask of bulk senders",
  zone = {
    ["example.com"] = { { type = "MX", data = "0 ." } },
    ["s1._domainkey.example.com"] = { { type = "TXT", data = "v=DKIM1; p=" } },
    ["1.2.0.192.in-addr.arpa"] = { { type = "PTR", data = "mail.example.com." } },
    ["mail.example.com"] = { { type = "A", data = "192.0.2.99" } },
  },
  check = { domain = "example.com", selectors = { "s1" }, addresses = { "192.0.2.1" } },
  findings = {
    { code = "dkim_revoked", severity = "error" },
    { code = "ptr_unconfirmed", severity = "error" },
    { code = "profile_spf", severity = "warning", aspect = "profile", name = "example.com", where = { "Gmail", "Yahoo", "Outlook.com" },
      found = "there is no SPF record" },
    { code = "profile_dkim", severity = "warning", found = "the selectors have no key that is right and can be used" },
    { code = "profile_dmarc", severity = "warning", found = "there is no DMARC record that can be used" },
    { code = "profile_reverse", severity = "warning", found = "the name of 192.0.2.1 does not lead back to it" },
    { code = "profile_replies", severity = "advice", where = { "Outlook.com" } },
  },
  absent = { "profile_alignment", "profile_format", "profile_one_click" },
  status = "error",
}
