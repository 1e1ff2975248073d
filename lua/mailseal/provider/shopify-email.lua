--- What Shopify Email wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.shopify-email
return {
  id = "shopify-email",
  name = "Shopify Email",
  aliases = { "shopify" },
  source = {
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): shopify.com.email",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    mailers = {
      text = "the labels of the two names for the return path", issued_by = "provider", count = 2, example = { "mailer1", "mailer2" },
      where = "under Settings, Notifications, Sender email, Authenticate",
    },
    mailer_targets = {
      text = "their targets", issued_by = "provider", form = "name", count = 2, example = { "m1.example.net", "m2.example.net" },
      where = "beside the names",
    },
    selectors = {
      text = "the four selectors", issued_by = "provider", count = 4, example = { "abc1", "abc2", "abc3", "abc4" },
      where = "in the names before ._domainkey",
    },
    targets = {
      text = "the targets of the selectors", issued_by = "provider", form = "name", count = 4, where = "beside the names",
      example = { "dkim1.example.net", "dkim2.example.net", "dkim3.example.net", "dkim4.example.net" },
    },
  },
  records = {
    {
      id = "mailer1", type = "CNAME", name = "{mailers.1}.{domain}", target = "{mailer_targets.1}", purpose = "return_path",
      required = true, match = "cname_target",
    },
    {
      id = "dkim1", type = "CNAME", name = "{selectors.1}._domainkey.{domain}", target = "{targets.1}", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "{selectors.2}._domainkey.{domain}", target = "{targets.2}", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "mailer2", type = "CNAME", name = "{mailers.2}.{domain}", target = "{mailer_targets.2}", purpose = "return_path",
      required = true, match = "cname_target",
    },
    {
      id = "dkim3", type = "CNAME", name = "{selectors.3}._domainkey.{domain}", target = "{targets.3}", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dkim4", type = "CNAME", name = "{selectors.4}._domainkey.{domain}", target = "{targets.4}", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = true,
      match = "dmarc_any_valid",
    },
  },
  advice = {
    { code = "dmarc_cname", text = "The DMARC record may be a CNAME to Shopify's as well." },
  },
}
