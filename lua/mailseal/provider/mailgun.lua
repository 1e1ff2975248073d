--- What Mailgun (TXT DKIM) wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.mailgun
return {
  id = "mailgun",
  name = "Mailgun (TXT DKIM)",
  aliases = { "mailgun-txt" },
  source = {
    "https://documentation.mailgun.com/docs/mailgun/user-manual/domains/domains-verify",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): vohtrah.com.mailgun-sender",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["EU variants and state names"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  key = { least = 1024 },
  values = { zone = "mailgun.org" },
  vars = {
    selector = {
      text = "the selector", issued_by = "provider", example = "pic",
      where = "under Sending, Domains, the domain, DNS records: before ._domainkey",
    },
    key = {
      text = "the DKIM record", issued_by = "provider", form = "key", where = "in the value of the TXT record beside the selector",
    },
    inbound = {
      text = "is Mailgun to receive the mail to this domain?", issued_by = "customer", choices = { "no", "yes" }, default = "no",
    },
    tracking = { text = "are opens and clicks to be tracked?", issued_by = "customer", choices = { "yes", "no" }, default = "yes" },
  },
  records = {
    {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 include:mailgun.org ~all", include = "mailgun.org", purpose = "spf",
      required = true, match = "spf_include",
    },
    {
      id = "dkim", type = "TXT", name = "{selector}._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
    {
      id = "tracking", type = "CNAME", name = "email.{domain}", target = "{zone}", purpose = "links", required = false,
      match = "cname_target",
      when = { tracking = "yes" },
    },
    {
      id = "mx1", type = "MX", name = "{domain}", value = "10 mxa.{zone}", purpose = "inbound", required = false, match = "mx",
      when = { inbound = "yes" },
    },
    {
      id = "mx2", type = "MX", name = "{domain}", value = "10 mxb.{zone}", purpose = "inbound", required = false, match = "mx",
      when = { inbound = "yes" },
    },
  },
  statuses = { pending = "unverified", verified = "active", failed = "disabled" },
  record_statuses = { found = "valid", mismatch = "invalid", missing = "invalid", unknown = "unknown", propagating = "unknown" },
  window = 48 * 3600,
  retry = "Press Check status.",
  variants = {
    eu = { text = "a domain in the region EU", values = { zone = "eu.mailgun.org" } },
    automatic = { text = "Automatic Sender Security: two CNAMEs for DKIM", rule = "mailgun-auto", chosen_by = "token" },
  },
  advice = {
    { code = "sending_subdomain", text = "Use a subdomain for Mailgun, such as mg.{org_domain}.", when = { subdomain = "no" } },
    { code = "unverified_limit", text = "A domain that is not verified may send 300 messages a day." },
    { code = "dmarc", text = "Publish a DMARC record as well." },
    { code = "inbound_takes_all", text = "The MX records take all mail to {domain}.", when = { inbound = "yes" } },
  },
}
