--- What Zoho Mail wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.zoho-mail
return {
  id = "zoho-mail",
  name = "Zoho Mail",
  aliases = { "zoho" },
  source = {
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): zoho.com.zmail_hosting (v6)",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["exact targets"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  values = { tld = "com" },
  vars = {
    zb = {
      text = "the label of the CNAME, zb and a number", issued_by = "provider", pattern = "zb%d+", example = "zb12345678",
      where = "under Domains, the domain, Verify (CNAME method)",
    },
    selector = {
      text = "the selector", issued_by = "provider", example = "zmail", where = "under Domains, the domain, Email configuration, DKIM",
    },
    key = { text = "the DKIM record", issued_by = "provider", form = "key", where = "beside the selector" },
  },
  records = {
    {
      id = "verification", type = "CNAME", name = "{zb}.{domain}", target = "zmverify.zoho.{tld}", purpose = "ownership", required = true,
      match = "cname_target",
    },
    { id = "mx1", type = "MX", name = "{domain}", value = "10 mx.zoho.{tld}", purpose = "inbound", required = true, match = "mx" },
    { id = "mx2", type = "MX", name = "{domain}", value = "20 mx2.zoho.{tld}", purpose = "inbound", required = true, match = "mx" },
    { id = "mx3", type = "MX", name = "{domain}", value = "50 mx3.zoho.{tld}", purpose = "inbound", required = true, match = "mx" },
    {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 include:zoho.{tld} ~all", include = "zoho.{tld}", purpose = "spf",
      required = true, match = "spf_include",
    },
    {
      id = "dkim", type = "TXT", name = "{selector}._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = false,
      match = "dmarc_any_valid",
    },
  },
  advice = {
    { code = "ownership_by_text", text = "The domain may be verified by a TXT record, zoho-verification=..., in the place of the CNAME." },
  },
  variants = {
    eu = { text = "an account at zoho.eu", values = { tld = "eu" } },
    ["in"] = { text = "an account at zoho.in", values = { tld = "in" } },
  },
}
