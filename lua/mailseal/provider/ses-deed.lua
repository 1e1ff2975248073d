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
  less_sure = {
    ["the words for statuses, and the window: those of Easy DKIM"] = "general-knowledge",
  },
  records = {}, -- those of the parent, at the same names, do for both
  statuses = {
    pending = "Pending", verified = "Success", failed = "Failed", temporary = "TemporaryFailure", not_started = "NotStarted",
  },
  window = 72 * 3600,
  advice = {
    {
      code = "parent_stays",
      text = "The parent's records are to stay for as long as there is a replica: provider ses-easy-dkim checks them.",
    },
    {
      code = "records_of_parent",
      text = "A replica in another region uses the three CNAMEs of its parent identity, which must be one of Easy DKIM: nothing is to be "
        .. "published.",
    },
  },
}
