--- What Kit (ConvertKit) wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.kit
return {
  id = "kit",
  name = "Kit (ConvertKit)",
  aliases = { "convertkit" },
  source = {
    "https://intercom.help/convertkit/en/articles/2502558",
    "https://www.senderclarity.com/guides/convertkit-kit-spf-dkim-dmarc-setup",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["ckespa/cka names"] = "third-party",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    targets = {
      text = "the targets of ckespa and cka._domainkey, in that order", issued_by = "provider", form = "name", count = 2,
      where = "under Settings, Email, Verified sending domain", example = { "spf.kit.example.net", "dkim.kit.example.net" },
    },
  },
  records = {
    {
      id = "return_path", type = "CNAME", name = "ckespa.{domain}", target = "{targets.1}", purpose = "return_path", required = true,
      match = "cname_target",
    },
    {
      id = "dkim", type = "CNAME", name = "cka._domainkey.{domain}", target = "{targets.2}", purpose = "dkim", required = true,
      match = "cname_target",
    },
  },
  automatic = "By Entri, where it knows the DNS host.",
  not_applicable = {
    { when = { subdomain = "yes" }, text = "Kit takes no subdomains: set up {org_domain}." },
  },
}
