--- What Microsoft 365 (target since May 2025) wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.m365
return {
  id = "m365",
  name = "Microsoft 365 (target since May 2025)",
  aliases = { "microsoft-365", "microsoft365", "office365", "outlook" },
  source = {
    "MicrosoftDocs/defender-docs commits 6e678d03, 8d005323, PR 295",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["SPF include"] = "general-knowledge",
    ["the words for statuses"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  key = { least = 1024, usual = 2048 },
  vars = {
    tenant_prefix = {
      text = "the label behind _domainkey in the targets", issued_by = "provider", pattern = "[%l%d-]+", example = "contoso",
      where = "in the Defender portal under Email authentication settings, DKIM",
    },
    partition = {
      text = "the letter before -v1 in the targets, which cannot be told from anything else", issued_by = "provider", pattern = "%l",
      example = "n",
      where = "in the Defender portal under Email authentication settings, DKIM",
    },
    tenant = {
      text = "the tenant's name, before .onmicrosoft.com", issued_by = "provider", example = "contoso", optional = true,
      where = "in the Microsoft 365 admin center under Settings, Domains",
    },
  },
  records = {
    {
      id = "dkim1", type = "CNAME", name = "selector1._domainkey.{domain}",
      target = "selector1-{domain_dashed}._domainkey.{tenant_prefix}.{partition}-v1.dkim.mail.microsoft", purpose = "dkim",
      required = true,
      match = "cname_target", accept = { "selector1-{domain_dashed}._domainkey.{tenant}.onmicrosoft.com" },
    },
    {
      id = "dkim2", type = "CNAME", name = "selector2._domainkey.{domain}",
      target = "selector2-{domain_dashed}._domainkey.{tenant_prefix}.{partition}-v1.dkim.mail.microsoft", purpose = "dkim",
      required = true,
      match = "cname_target", accept = { "selector2-{domain_dashed}._domainkey.{tenant}.onmicrosoft.com" },
    },
    {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 include:spf.protection.outlook.com -all",
      include = "spf.protection.outlook.com",
      purpose = "spf", required = false, match = "spf_include",
    },
  },
  statuses = { pending = "CnameMissing", verified = "Valid" },
  retry = "Turn on signing again in the Defender portal; it takes minutes, at times days, until the CNAMEs are seen.",
  variants = {
    legacy = { text = "targets below onmicrosoft.com, of domains added before May 2025", rule = "m365-legacy" },
  },
  advice = {
    { code = "both", text = "Both CNAMEs are needed: one selector signs, the other is for the next key." },
    { code = "enable", text = "When the CNAMEs are there, turn on signing for {domain} in the Defender portal." },
    { code = "old_targets", text = "Targets below onmicrosoft.com, as they were before May 2025, go on working." },
  },
}
