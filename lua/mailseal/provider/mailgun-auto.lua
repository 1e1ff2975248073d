--- What Mailgun Automatic Sender Security wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.mailgun-auto
return {
  id = "mailgun-auto",
  name = "Mailgun Automatic Sender Security",
  source = {
    "https://documentation.mailgun.com/docs/mailgun/user-manual/domains/dkim_security",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): zybr.ai.mailgun-autosecurity",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["the words for statuses"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  key = { least = 2048 },
  vars = {
    token = {
      text = "the label behind pdk1._domainkey in the targets", issued_by = "provider", pattern = "%x+", example = "a1b2c3",
      where = "under Sending, Domains, the domain, DNS records",
    },
    dkim_zone = {
      text = "what stands behind the token in the targets", issued_by = "provider", form = "name",
      pattern = "dkim%d*%.[eu.]*mailgun%.com",
      where = "in the targets", default = "dkim1.mailgun.com",
    },
  },
  records = {
    {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 include:mailgun.org ~all", include = "mailgun.org", purpose = "spf",
      required = true, match = "spf_include",
    },
    {
      id = "dkim1", type = "CNAME", name = "pdk1._domainkey.{domain}", target = "pdk1._domainkey.{token}.{dkim_zone}", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "pdk2._domainkey.{domain}", target = "pdk2._domainkey.{token}.{dkim_zone}", purpose = "dkim",
      required = true, match = "cname_target",
    },
  },
  statuses = { pending = "unverified", verified = "active", failed = "disabled" },
  record_statuses = { found = "valid", mismatch = "invalid", missing = "invalid", unknown = "unknown", propagating = "unknown" },
  window = 48 * 3600,
  retry = "Press Check status.",
  automatic = "Mailgun changes the keys behind the CNAMEs itself.",
  advice = {
    { code = "sending_subdomain", text = "Use a subdomain for Mailgun, such as mg.{org_domain}.", when = { subdomain = "no" } },
    { code = "rotation", text = "Let Mailgun change the key every 6 months, and at once where it may be known to others." },
    { code = "unverified_limit", text = "A domain that is not verified may send 300 messages a day." },
    { code = "dmarc", text = "Publish a DMARC record as well." },
  },
}
