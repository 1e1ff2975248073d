--- What Brevo (TXT DKIM) wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.brevo-txt
return {
  id = "brevo-txt",
  name = "Brevo (TXT DKIM)",
  source = {
    "https://help.brevo.com/hc/en-us/articles/17286219877778",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): brevo.com.domain-authentication",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["selector \"mail\", code regex"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  key = { least = 1024 },
  vars = {
    code = {
      text = "what stands behind brevo-code:", issued_by = "provider", form = "text", pattern = "%x+",
      example = "0123456789abcdef0123456789abcdef",
      where = "under Senders, Domains & Dedicated IPs, Domains, Authenticate",
    },
    key = { text = "the DKIM record", issued_by = "provider", form = "key", where = "beside the code, at mail._domainkey" },
  },
  records = {
    {
      id = "code", type = "TXT", name = "{domain}", value = "brevo-code:{code}", purpose = "ownership", required = true, match = "exact",
    },
    {
      id = "dkim", type = "TXT", name = "mail._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none; rua=mailto:rua@dmarc.brevo.com", purpose = "dmarc",
      required = true, match = "dmarc_any_valid",
    },
  },
  advice = {
    { code = "rewritten", text = "Senders of a domain that is not authenticated are rewritten to an address @brevosend.com." },
  },
}
