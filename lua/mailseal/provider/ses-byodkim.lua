--- What Amazon SES BYODKIM wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.ses-byodkim
return {
  id = "ses-byodkim",
  name = "Amazon SES BYODKIM",
  source = {
    "https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-bring-your-own.html",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  key = { least = 1024, most = 2048 },
  vars = {
    selector = {
      text = "the selector, of letters and digits", issued_by = "customer", pattern = "[%l%d]+", example = "s2026",
    },
    key = { text = "the DKIM record of the key that was given to SES", issued_by = "customer", form = "key" },
  },
  records = {
    {
      id = "dkim", type = "TXT", name = "{selector}._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
  },
  statuses = {
    pending = "Pending", verified = "Success", failed = "Failed", temporary = "TemporaryFailure", not_started = "NotStarted",
  },
  window = 72 * 3600,
  retry = "After Failed, start the verification again.",
  advice = {
    { code = "key_form", text = "SES takes the private key as PKCS #1 or PKCS #8, of 1024 to 2048 bits, as one line of base64." },
    {
      code = "unsigned_meanwhile",
      text = "While a domain changes from Easy DKIM to a key of its own its mail may go out unsigned: try it with a subdomain, or at a "
        .. "quiet time.",
    },
  },
}
