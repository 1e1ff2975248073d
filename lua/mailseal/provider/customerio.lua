--- What Customer.io wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.customerio
return {
  id = "customerio",
  name = "Customer.io",
  aliases = { "customer-io" },
  source = {
    "https://customer.io/docs/journeys/authentication/",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): customer.io.email",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["MX host names"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    cio = {
      text = "the label of the account's subdomain", issued_by = "provider", pattern = "cio%d+", example = "cio12345",
      where = "under Settings, Workspace settings, Email, Sending domains",
    },
    key = { text = "the DKIM record", issued_by = "provider", form = "key", where = "beside the other records" },
  },
  records = {
    {
      id = "mx1", type = "MX", name = "{cio}.{domain}", value = "10 mxa.mailgun.org", purpose = "return_path", required = true,
      match = "mx",
    },
    {
      id = "mx2", type = "MX", name = "{cio}.{domain}", value = "10 mxb.mailgun.org", purpose = "return_path", required = true,
      match = "mx",
    },
    {
      id = "spf", type = "TXT", name = "{cio}.{domain}", value = "v=spf1 include:mailgun.org ~all", include = "mailgun.org",
      purpose = "spf",
      required = true, match = "spf_include",
    },
    {
      id = "dkim", type = "TXT", name = "krs._domainkey.{cio}.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{org_domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = false,
      match = "dmarc_any_valid",
    },
  },
  advice = {
    { code = "root_untouched", text = "Everything is below {cio}.{domain}: the domain's own mail is not touched." },
  },
}
