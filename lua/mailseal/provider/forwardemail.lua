--- What Forward Email wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.forwardemail
return {
  id = "forwardemail",
  name = "Forward Email",
  aliases = { "forward-email" },
  source = {
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): forwardemail.net.email",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    selector = {
      text = "the selector", issued_by = "provider", example = "fe-1a2b3c4d5e",
      where = "under My Account, Domains, Setup, Outbound SMTP",
    },
    key = { text = "the DKIM record", issued_by = "provider", form = "key", where = "beside the selector" },
    token = {
      text = "what stands behind forward-email-site-verification=", issued_by = "provider", form = "text", pattern = "%w+",
      example = "aBcDeFgHiJ",
      where = "under My Account, Domains, Setup",
    },
    id = {
      text = "what stands behind dmarc- in the address for reports", issued_by = "provider", form = "text", pattern = "%w+",
      example = "65a1b2c3",
      where = "in the DMARC record",
    },
  },
  records = {
    { id = "mx1", type = "MX", name = "{domain}", value = "0 mx1.forwardemail.net", purpose = "inbound", required = true, match = "mx" },
    { id = "mx2", type = "MX", name = "{domain}", value = "0 mx2.forwardemail.net", purpose = "inbound", required = true, match = "mx" },
    {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 include:spf.forwardemail.net ~all", include = "spf.forwardemail.net",
      purpose = "spf", required = true, match = "spf_include",
    },
    {
      id = "dkim", type = "TXT", name = "{selector}._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
    {
      id = "return_path", type = "CNAME", name = "fe-bounces.{domain}", target = "forwardemail.net", purpose = "return_path",
      required = true, match = "cname_target",
    },
    {
      id = "verification", type = "TXT", name = "{domain}", value = "forward-email-site-verification={token}", purpose = "ownership",
      required = true, match = "exact",
    },
    { -- its page has pct=100 as well, which says nothing, and which RFC 9989 has no more
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=reject; rua=mailto:dmarc-{id}@forwardemail.net",
      purpose = "dmarc", required = true, match = "dmarc_any_valid",
    },
  },
}
