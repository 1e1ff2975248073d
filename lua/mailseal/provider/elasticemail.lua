--- What Elastic Email wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.elasticemail
return {
  id = "elasticemail",
  name = "Elastic Email",
  aliases = { "elastic-email" },
  source = {
    "https://elasticemail.com/support/guides/your-domain/",
    "https://help.elasticemail.com/en/articles/4934400-how-to-verify-your-domain",
    "https://academy.creatio.com (records identical for all domains)",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["guide is old; current panel may differ"] = "third-party",
    ["where the provider shows its values"] = "general-knowledge",
  },
  key = { least = 1024 },
  vars = {
    key = {
      text = "the DKIM record", issued_by = "provider", form = "key", where = "under Settings, Domains, the domain: at api._domainkey",
    },
    tracking = { text = "the label of the name for tracked links", issued_by = "customer", default = "tracking" },
  },
  records = {
    {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 a mx include:_spf.elasticemail.com ~all",
      include = "_spf.elasticemail.com", purpose = "spf", required = true, match = "spf_include",
    },
    {
      id = "dkim", type = "TXT", name = "api._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
    {
      id = "tracking", type = "CNAME", name = "{tracking}.{domain}", target = "api.elasticemail.com", purpose = "links",
      required = false, match = "cname_target",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = false,
      match = "dmarc_any_valid",
    },
  },
  statuses = { pending = "not verified", verified = "verified" },
  record_statuses = { found = "verified", missing = "not verified", mismatch = "not verified" },
  retry = "Press Verify; SPF, DKIM, tracking, MX and DMARC are verified each by itself.",
  advice = {
    { code = "one_account", text = "A domain can be registered in one account alone." },
    { code = "strict_identity", text = "The record's t=s means that the key signs for {domain} itself, and for no subdomain." },
    { code = "unverified_limit", text = "A domain that is not verified may send 50 to 500 messages a day." },
  },
}
