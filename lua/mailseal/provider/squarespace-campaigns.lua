--- What Squarespace Email Campaigns wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.squarespace-campaigns
return {
  id = "squarespace-campaigns",
  name = "Squarespace Email Campaigns",
  source = {
    "https://seogenius.club/post/domain-verification-guide-…",
  },
  checked_on = "2026-11-22",
  confidence = "third-party",
  records = {
    {
      id = "dkim", type = "CNAME", name = "squarespace._domainkey.{domain}", target = "squarespace-domainkey.squarespace-mail.com",
      purpose = "dkim", required = true, match = "cname_target",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = true,
      match = "dmarc_any_valid",
    },
  },
  window = 72 * 3600,
}
