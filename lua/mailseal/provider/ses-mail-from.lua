--- What Amazon SES custom MAIL FROM wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.ses-mail-from
return {
  id = "ses-mail-from",
  name = "Amazon SES custom MAIL FROM",
  source = {
    "http://docs.aws.amazon.com/ses/latest/DeveloperGuide/mail-from-set.html",
    "https://docs.aws.amazon.com/ses/latest/APIReference/API_SetIdentityMailFromDomain.html",
    "API v2 MailFromAttributes",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["exactly one MX at that name"] = "general-knowledge",
  },
  vars = {
    region = {
      text = "the AWS region that the account sends from", issued_by = "provider", pattern = "%l%l[%l-]*%-%d+", example = "eu-west-1",
      where = "at the top of the console, and in the value of the MX record",
    },
    mail_from = {
      text = "the label of the MAIL FROM subdomain, used for nothing else", issued_by = "customer", example = "bounce",
    },
  },
  records = {
    {
      id = "mx", type = "MX", name = "{mail_from}.{domain}", value = "10 feedback-smtp.{region}.amazonses.com", purpose = "return_path",
      required = true, match = "mx", note = "It must be the only MX record at that name.",
    },
    {
      id = "spf", type = "TXT", name = "{mail_from}.{domain}", value = "v=spf1 include:amazonses.com ~all", include = "amazonses.com",
      purpose = "spf", required = true, match = "spf_include",
    },
  },
  statuses = { pending = "PENDING", verified = "SUCCESS", failed = "FAILED", temporary = "TEMPORARY_FAILURE" },
  window = 72 * 3600,
  retry = "After FAILED, set the MAIL FROM domain again.",
  advice = {
    {
      code = "own_subdomain",
      text = "The MAIL FROM domain is a subdomain of the verified one that neither receives mail nor stands in From.",
    },
    {
      code = "on_failure",
      text = "While its records are missing SES uses a return path of its own, or rejects the message, as the identity is set "
        .. "(USE_DEFAULT_VALUE, REJECT_MESSAGE).",
    },
  },
}
