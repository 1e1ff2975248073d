--- What EmailOctopus wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.emailoctopus
return {
  id = "emailoctopus",
  name = "EmailOctopus",
  source = {
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): emailoctopus.com.domain-verification",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    proxy = {
      text = "what stands behind eo._domainkey in the targets", issued_by = "provider", form = "name", example = "abc123.example.net",
      where = "under Account, Domains, the domain",
    },
  },
  records = {
    {
      id = "dkim", type = "CNAME", name = "eo._domainkey.{domain}", target = "eo._domainkey.{proxy}", purpose = "dkim", required = true,
      match = "cname_target",
    },
    {
      id = "return_path", type = "CNAME", name = "eom.{domain}", target = "eom.{proxy}", purpose = "return_path", required = true,
      match = "cname_target",
    },
    {
      id = "tracking", type = "CNAME", name = "eot.{domain}", target = "eot.{proxy}", purpose = "links", required = true,
      match = "cname_target",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = false,
      match = "dmarc_any_valid",
    },
  },
}
