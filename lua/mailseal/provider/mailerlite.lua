--- What MailerLite wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.mailerlite
return {
  id = "mailerlite",
  name = "MailerLite",
  source = {
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): mailerlite.com.domain-authentication",
    "https://www.mailerlite.com/help/how-to-authenticate-a-domain-with-wix",
    "https://help.ex2.com/en/article/how-to-authenticate-your-domain-with-mailerlite-bam40t",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    code = {
      text = "what stands behind mailerlite-domain-verification=", issued_by = "provider", form = "text", pattern = "%x+",
      example = "0123456789abcdef",
      where = "under Account settings, Domains", optional = true,
    },
  },
  records = {
    {
      id = "dkim", type = "CNAME", name = "litesrv._domainkey.{domain}", target = "litesrv._domainkey.mlsend.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 include:_spf.mlsend.com ~all", include = "_spf.mlsend.com",
      purpose = "spf",
      required = true, match = "spf_include",
    },
    {
      id = "verification", type = "TXT", name = "{domain}", value = "mailerlite-domain-verification={code}", purpose = "ownership",
      required = false, match = "exact",
    },
  },
  statuses = { pending = "Pending", verified = "Authenticated" },
  window = 24 * 3600,
  automatic = "MailerLite looks who the DNS host is and logs in there, or makes a link for somebody else to do so.",
}
