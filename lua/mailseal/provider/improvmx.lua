--- What ImprovMX wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.improvmx
return {
  id = "improvmx",
  name = "ImprovMX",
  source = {
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): improvmx.com.email",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  records = {
    { id = "mx1", type = "MX", name = "{domain}", value = "10 mx1.improvmx.com", purpose = "inbound", required = true, match = "mx" },
    { id = "mx2", type = "MX", name = "{domain}", value = "20 mx2.improvmx.com", purpose = "inbound", required = true, match = "mx" },
    {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 include:spf.improvmx.com ~all", include = "spf.improvmx.com",
      purpose = "spf",
      required = true, match = "spf_include",
    },
    {
      id = "dkim1", type = "CNAME", name = "dkimprovmx1._domainkey.{domain}", target = "dkimprovmx1.improvmx.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "dkimprovmx2._domainkey.{domain}", target = "dkimprovmx2.improvmx.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = false,
      match = "dmarc_any_valid",
    },
  },
}
