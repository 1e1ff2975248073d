--- What Brevo (CNAME DKIM) wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.brevo-cname
return {
  id = "brevo-cname",
  name = "Brevo (CNAME DKIM)",
  aliases = { "brevo", "sendinblue" },
  source = {
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): brevo.com.domain-authentication (dkim group: 2 CNAME)",
    "https://www.captaindns.com/en/blog/brevo-transactional-email-technical-guide",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["exact brevo1/brevo2 targets"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  key = { least = 2048 },
  vars = {
    code = {
      text = "what stands behind brevo-code:", issued_by = "provider", form = "text", pattern = "%x+",
      example = "0123456789abcdef0123456789abcdef",
      where = "under Senders, Domains & Dedicated IPs, Domains, Authenticate",
    },
  },
  records = {
    {
      id = "code", type = "TXT", name = "{domain}", value = "brevo-code:{code}", purpose = "ownership", required = true, match = "exact",
    },
    {
      id = "dkim1", type = "CNAME", name = "brevo1._domainkey.{domain}", target = "b1.{domain_dashed}.dkim.brevo.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "brevo2._domainkey.{domain}", target = "b2.{domain_dashed}.dkim.brevo.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = true,
      match = "dmarc_any_valid",
    },
  },
  variants = {
    txt = { text = "a TXT record for DKIM", rule = "brevo-txt", chosen_by = "key" },
  },
  advice = {
    { code = "rewritten", text = "Senders of a domain that is not authenticated are rewritten to an address @brevosend.com." },
  },
}
