--- What Proton Mail wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.proton
return {
  id = "proton",
  name = "Proton Mail",
  aliases = { "protonmail" },
  source = {
    "https://proton.me/support/anti-spoofing-custom-domain",
    "https://proton.me/support/cname-problems",
    "https://domainsecurityscanner.com/guides/proton-mail",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["exact CNAME/MX values"] = "third-party",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    code = {
      text = "what stands behind protonmail-verification=", issued_by = "provider", form = "text", pattern = "%x+",
      example = "0123456789abcdef0123456789abcdef01234567", where = "under Settings, Domain names, the domain, Verify",
    },
    hash = {
      text = "the label behind domainkey in the targets", issued_by = "provider", pattern = "d[%l%d]+", example = "dabcdefghijklmnop",
      where = "under Settings, Domain names, the domain, DKIM",
    },
  },
  records = {
    {
      id = "verification", type = "TXT", name = "{domain}", value = "protonmail-verification={code}", purpose = "ownership",
      required = true, match = "exact",
    },
    {
      id = "dkim1", type = "CNAME", name = "protonmail._domainkey.{domain}", target = "protonmail.domainkey.{hash}.domains.proton.ch",
      purpose = "dkim", required = true, match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "protonmail2._domainkey.{domain}", target = "protonmail2.domainkey.{hash}.domains.proton.ch",
      purpose = "dkim", required = true, match = "cname_target",
    },
    {
      id = "dkim3", type = "CNAME", name = "protonmail3._domainkey.{domain}", target = "protonmail3.domainkey.{hash}.domains.proton.ch",
      purpose = "dkim", required = true, match = "cname_target",
    },
    { id = "mx1", type = "MX", name = "{domain}", value = "10 mail.protonmail.ch", purpose = "inbound", required = true, match = "mx" },
    {
      id = "mx2", type = "MX", name = "{domain}", value = "20 mailsec.protonmail.ch", purpose = "inbound", required = true, match = "mx",
    },
    {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 include:_spf.protonmail.ch ~all", include = "_spf.protonmail.ch",
      purpose = "spf", required = true, match = "spf_include",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=quarantine", purpose = "dmarc", required = false,
      match = "dmarc_any_valid",
    },
  },
}
