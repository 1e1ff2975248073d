--- What Amazon SES Deterministic Easy DKIM (replica) wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.ses-deed
return {
  id = "ses-deed",
  name = "Amazon SES Deterministic Easy DKIM (replica)",
  source = {
    "https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-deed.html",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  records = {},
  advice = {
    {
      code = "records_of_parent",
      text = "A replica in another region uses the three CNAMEs of its parent identity, which must be one of Easy DKIM: nothing is to be "
        .. "published.",
    },
  },
}
