--- What Amazon SES Easy DKIM wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.ses-easy-dkim
return {
  id = "ses-easy-dkim",
  name = "Amazon SES Easy DKIM",
  aliases = { "ses", "amazon-ses" },
  source = {
    "https://docs.aws.amazon.com/ses/latest/APIReference/API_VerifyDomainDkim.html",
    "https://docs.aws.amazon.com/goto/WebAPI/email-2010-12-01/IdentityDkimAttributes",
    "https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim.html",
    "aws docs troubleshoot-dkim (awsdocs text)",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): mailbluster.com.sender-verification-ses",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["regional dkim zone suffix and base32 token alphabet"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  key = { least = 1024, usual = 2048 },
  vars = {
    tokens = { -- they have been 32 of a to z and 2 to 7, which no document promises
      text = "the three DKIM tokens", issued_by = "provider", pattern = "[%l%d]+", count = 3,
      where = "under Identities, the domain, DKIM, Publish DNS records", example = {
        "vvjuipp74whm76gqoni7qmwwn4w4qusj", "3frqe7jn4obpuxjpwpolz6ipb3k5nvt2", "wrqplteh7oodxnad7hsl4mixg2uavzne",
      },
    },
    dkim_zone = {
      text = "what stands behind the token in the targets", issued_by = "provider", form = "name",
      pattern = "dkim%.[%l%d.-]*amazonses%.c[on]m?",
      where = "in the targets", default = "dkim.amazonses.com",
    },
  },
  records = {
    {
      id = "dkim1", type = "CNAME", name = "{tokens.1}._domainkey.{domain}", target = "{tokens.1}.{dkim_zone}", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "{tokens.2}._domainkey.{domain}", target = "{tokens.2}.{dkim_zone}", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dkim3", type = "CNAME", name = "{tokens.3}._domainkey.{domain}", target = "{tokens.3}.{dkim_zone}", purpose = "dkim",
      required = true, match = "cname_target",
    },
  },
  statuses = {
    pending = "Pending", verified = "Success", failed = "Failed", temporary = "TemporaryFailure", not_started = "NotStarted",
  },
  window = 72 * 3600,
  retry = "After Failed, start the verification again. SES writes before it takes a verification back because records are gone.",
  variants = {
    own_key = { text = "a key of your own (BYODKIM)", rule = "ses-byodkim", chosen_by = "key" },
  },
  advice = {
    { code = "which_of_three", text = "SES tells one status for the three records, and not which of them is missing." },
    { code = "per_region", text = "Each region and each account has tokens of its own." },
    { code = "mail_from", text = "SPF aligns only with a MAIL FROM subdomain of your own: see provider ses-mail-from." },
    { code = "not_sending_yet", text = "VerifiedForSendingStatus is false while the status is Pending: nothing is wrong then." },
    {
      code = "address_identity", text = "An address that was verified by itself goes before the domain, and is not signed with its key.",
    },
  },
}
