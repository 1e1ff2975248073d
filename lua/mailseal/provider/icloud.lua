--- What Apple iCloud custom domain wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.icloud
return {
  id = "icloud",
  name = "Apple iCloud custom domain",
  source = {
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): icloud.com.custom_email_domain",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["values"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    token = {
      text = "what stands behind apple-domain=", issued_by = "provider", form = "text", pattern = "[%w]+", example = "AbCdEfGhIjKlMnOp",
      where = "under iCloud+ Features, Custom Email Domain",
    },
  },
  records = {
    {
      id = "verification", type = "TXT", name = "{domain}", value = "apple-domain={token}", purpose = "ownership", required = true,
      match = "exact",
    },
    { id = "mx1", type = "MX", name = "{domain}", value = "10 mx01.mail.icloud.com", purpose = "inbound", required = true, match = "mx" },
    { id = "mx2", type = "MX", name = "{domain}", value = "10 mx02.mail.icloud.com", purpose = "inbound", required = true, match = "mx" },
    {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 include:icloud.com ~all", include = "icloud.com", purpose = "spf",
      required = true, match = "spf_include",
    },
    {
      id = "dkim", type = "CNAME", name = "sig1._domainkey.{domain}", target = "sig1.dkim.{domain}.at.icloudmailadmin.com",
      purpose = "dkim", required = true, match = "cname_target",
    },
  },
}
