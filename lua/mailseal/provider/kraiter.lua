--- What Kraiter (on Amazon SES) wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.kraiter
return {
  id = "kraiter",
  name = "Kraiter (on Amazon SES)",
  source = {
    "Kraiter documentation: domains",
    "https://www.kraiter.com/docs/guides/domains",
    "https://www.kraiter.com/docs/api-reference/domains",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    region = {
      text = "the AWS region that the account sends from", issued_by = "provider", pattern = "%l%l[%l-]*%-%d+", example = "eu-west-1",
      where = "in the answer to POST /domains, in the value of the MX record",
    },
    tokens = { -- of Amazon SES, see ses-easy-dkim
      text = "the three DKIM tokens", issued_by = "provider", pattern = "[%l%d]+", count = 3,
      where = "in the answer to POST /domains, before ._domainkey in the names of the CNAME records", example = { "abc", "def", "ghi" },
    },
    mail_from = {
      text = "the label of a subdomain for the return path, used for nothing else", issued_by = "customer", default = "bounce",
    },
  },
  records = {
    {
      id = "dkim1", type = "CNAME", name = "{tokens.1}._domainkey.{domain}", target = "{tokens.1}.dkim.amazonses.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "{tokens.2}._domainkey.{domain}", target = "{tokens.2}.dkim.amazonses.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dkim3", type = "CNAME", name = "{tokens.3}._domainkey.{domain}", target = "{tokens.3}.dkim.amazonses.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "mail_from_mx", type = "MX", name = "{mail_from}.{domain}", value = "10 feedback-smtp.{region}.amazonses.com",
      purpose = "return_path", required = false, match = "mx",
      note = "At the MAIL FROM subdomain, and not at {domain}: there it would take the domain's own mail.",
    },
    {
      id = "mail_from_spf", type = "TXT", name = "{mail_from}.{domain}", value = "v=spf1 include:amazonses.com ~all",
      include = "amazonses.com", purpose = "spf", required = false, match = "spf_include",
      note = "Amazon SES asks for it beside the MX record of the MAIL FROM subdomain.",
    },
    { -- its page begins with p=quarantine, before anybody has read a report
      id = "dmarc", type = "TXT", name = "_dmarc.{org_domain}", value = "v=DMARC1; p=none; rua=mailto:dmarc@{org_domain}",
      purpose = "dmarc", required = false, match = "dmarc_any_valid",
      note = "At the organizational domain; begin with p=none, then quarantine, then reject.",
    },
  },
  statuses = { pending = "pending", verified = "verified", failed = "failed" },
  window = 72 * 3600,
  retry = "Kraiter looks again by itself, and at once by domains.verify.",
  advice = {
    { code = "nothing_before", text = "Nothing is sent from {domain} before it is verified." },
    {
      code = "mail_from_subdomain",
      text = "Kraiter's page puts its MX record on the sending domain and calls it SPF. Amazon SES wants a subdomain of its own for that "
        .. "(MAIL FROM), with the MX record and an SPF record.",
    },
    { code = "sending_subdomain", text = "Send from a subdomain, such as mail.{org_domain}.", when = { subdomain = "no" } },
    { code = "one_per_application", text = "Give each application a subdomain of its own." },
    { code = "dmarc_early", text = "Publish a DMARC record early, with p=none." },
    { code = "clean_up", text = "When a domain is deleted at Kraiter its records stay in DNS: remove them." },
  },
}
