--- What Mailjet wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.mailjet
return {
  id = "mailjet",
  name = "Mailjet",
  source = {
    "https://documentation.mailjet.com/hc/en-us/articles/360042412734",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): mailjet.com.domain-auth",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): mailjet.com.domain-validation",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["DKIM value prefix"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    token = {
      text = "the label behind mailjet._ in the name of the TXT record", issued_by = "provider", pattern = "[%l%d]+",
      example = "0a1b2c3d",
      where = "under Account settings, Sender domains & addresses, Manage",
    },
    value = {
      text = "the text of that record", issued_by = "provider", form = "text", pattern = "[%w_-]+", example = "0123456789abcdef",
      where = "beside its name",
    },
    key = {
      text = "the DKIM record", issued_by = "provider", form = "key",
      where = "under Account settings, Sender domains & addresses, SPF & DKIM",
    },
  },
  records = {
    {
      id = "verification", type = "TXT", name = "mailjet._{token}.{domain}", value = "{value}", purpose = "ownership", required = true,
      match = "exact",
    },
    {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 include:spf.mailjet.com ~all", include = "spf.mailjet.com",
      purpose = "spf",
      required = true, match = "spf_include",
    },
    {
      id = "dkim", type = "TXT", name = "mailjet._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
  },
  advice = {
    { code = "shared_return_path", text = "The return path is bnc3.mailjet.com, which all share: DKIM is what aligns." },
  },
}
