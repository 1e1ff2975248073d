--- What useSend (self-hosted on SES) wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.usesend
return {
  id = "usesend",
  name = "useSend (self-hosted on SES)",
  source = {
    "github.com/usesend/useSend apps/web/src/server/service/domain-service.ts",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["selector name"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    key = { text = "the DKIM record", issued_by = "provider", form = "key", where = "under Domains, the domain" },
    region = {
      text = "the AWS region that the account sends from", issued_by = "provider", pattern = "%l%l[%l-]*%-%d+", example = "eu-west-1",
      where = "under Domains, the domain",
    },
  },
  records = {
    {
      id = "dkim", type = "TXT", name = "usesend._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
    {
      id = "mx", type = "MX", name = "mail.{domain}", value = "10 feedback-smtp.{region}.amazonses.com", purpose = "return_path",
      required = true, match = "mx",
    },
    {
      id = "spf", type = "TXT", name = "mail.{domain}", value = "v=spf1 include:amazonses.com ~all", include = "amazonses.com",
      purpose = "spf",
      required = true, match = "spf_include",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = false,
      match = "dmarc_any_valid",
    },
  },
  retry = "A domain that is not verified is looked at every 6 hours, a verified one every 30 days.",
}
