--- What Microsoft 365 (old target) wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.m365-legacy
return {
  id = "m365-legacy",
  name = "Microsoft 365 (old target)",
  source = {
    "MicrosoftDocs/defender-docs email-authentication-dkim-configure.md (2025-06-19)",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): microsoft.com.o365 (v5)",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["status names"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  key = { least = 1024, usual = 2048 },
  vars = {
    tenant = {
      text = "the tenant's name, before .onmicrosoft.com", issued_by = "provider", example = "contoso",
      where = "in the Microsoft 365 admin center under Settings, Domains",
    },
    tenant_prefix = {
      text = "the label behind _domainkey in targets of the new form", issued_by = "provider", pattern = "[%l%d-]+", example = "contoso",
      optional = true,
      where = "in the Defender portal under Email authentication settings, DKIM",
    },
    partition = {
      text = "the letter before -v1 in targets of the new form", issued_by = "provider", pattern = "%l", example = "n", optional = true,
      where = "in the Defender portal under Email authentication settings, DKIM",
    },
  },
  records = {
    {
      id = "dkim1", type = "CNAME", name = "selector1._domainkey.{domain}",
      target = "selector1-{domain_dashed}._domainkey.{tenant}.onmicrosoft.com",
      purpose = "dkim", required = true, match = "cname_target",
      accept = { "selector1-{domain_dashed}._domainkey.{tenant_prefix}.{partition}-v1.dkim.mail.microsoft" },
    },
    {
      id = "dkim2", type = "CNAME", name = "selector2._domainkey.{domain}",
      target = "selector2-{domain_dashed}._domainkey.{tenant}.onmicrosoft.com",
      purpose = "dkim", required = true, match = "cname_target",
      accept = { "selector2-{domain_dashed}._domainkey.{tenant_prefix}.{partition}-v1.dkim.mail.microsoft" },
    },
  },
  statuses = { pending = "CnameMissing", verified = "Valid" },
  retry = "Turn on signing again in the Defender portal; it takes minutes, at times days, until the CNAMEs are seen.",
  advice = {
    { code = "both", text = "Both CNAMEs are needed: one selector signs, the other is for the next key." },
    { code = "enable", text = "When the CNAMEs are there, turn on signing for {domain} in the Defender portal." },
  },
}
