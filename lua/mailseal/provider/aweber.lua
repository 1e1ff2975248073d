--- What AWeber wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.aweber
return {
  id = "aweber",
  name = "AWeber",
  source = {
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): aweber.com.email-web",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  records = {
    {
      id = "dkim_a", type = "CNAME", name = "aweber_key_a._domainkey.{domain}", target = "aweber_key_a.send.aweber.com",
      purpose = "dkim", required = true, match = "cname_target",
    },
    {
      id = "dkim_b", type = "CNAME", name = "aweber_key_b._domainkey.{domain}", target = "aweber_key_b.send.aweber.com",
      purpose = "dkim", required = true, match = "cname_target",
    },
    {
      id = "dkim_c", type = "CNAME", name = "aweber_key_c._domainkey.{domain}", target = "aweber_key_c.send.aweber.com",
      purpose = "dkim", required = true, match = "cname_target",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = false,
      match = "dmarc_any_valid",
    },
  },
  advice = {
    { code = "underscores", text = "The selectors have underscores as well, which some DNS hosts refuse." },
  },
}
