--- What SparkPost / Bird wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.sparkpost
return {
  id = "sparkpost",
  name = "SparkPost / Bird",
  aliases = { "bird" },
  source = {
    "https://developers.sparkpost.com/api/sending-domains",
    "https://www.sparkpost.com/docs/tech-resources/custom-bounce-domain/",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): bird.com.sparkpost-email",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["selector regex scphNNNN"] = "third-party",
    ["where the provider shows its values"] = "general-knowledge",
  },
  values = { zone = "sparkpostmail.com" },
  vars = {
    selector = {
      text = "the selector, scph and four digits", issued_by = "provider", pattern = "[%l%d-]+", example = "scph0126",
      where = "under Configuration, Domains, the domain",
    },
    key = { text = "the DKIM record", issued_by = "provider", form = "key", where = "beside the selector" },
    bounce = { text = "the label of the bounce domain", issued_by = "customer", example = "bounces", optional = true },
    track = { text = "the label of the name for tracked links", issued_by = "customer", example = "track", optional = true },
    track_target = {
      text = "the target of that CNAME", issued_by = "provider", form = "name", example = "spgo.example.net", optional = true,
      where = "under Configuration, Domains, Tracking",
    },
  },
  records = {
    {
      id = "dkim", type = "TXT", name = "{selector}._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
    {
      id = "bounce", type = "CNAME", name = "{bounce}.{domain}", target = "{zone}", purpose = "return_path", required = false,
      match = "cname_target",
    },
    {
      id = "tracking", type = "CNAME", name = "{track}.{domain}", target = "{track_target}", purpose = "links", required = false,
      match = "cname_target",
    },
  },
  variants = {
    eu = { text = "an account in the EU", values = { zone = "eu.sparkpostmail.com" } },
    enterprise = {
      text = "an enterprise account, with a tenant of its own", chosen_by = "tenant",
      vars = {
        tenant = { text = "the tenant's name", issued_by = "provider", example = "acme", where = "in the address of the panel" },
      },
      records = {
        {
          id = "dkim", type = "TXT", name = "{selector}._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
          match = "dkim_key",
        },
        {
          id = "bounce", type = "CNAME", name = "{bounce}.{domain}", target = "{tenant}.mail.e.sparkpost.com", purpose = "return_path",
          required = false, match = "cname_target",
        },
        {
          id = "tracking", type = "CNAME", name = "{track}.{domain}", target = "{track_target}", purpose = "links", required = false,
          match = "cname_target",
        },
      },
    },
  },
  advice = {
    { code = "no_cname_at_apex", text = "A CNAME never stands at {domain} itself; each subdomain is registered by itself." },
  },
}
