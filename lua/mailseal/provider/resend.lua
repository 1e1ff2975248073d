--- What Resend wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.resend
return {
  id = "resend",
  name = "Resend",
  source = {
    "https://resend.com/docs/dashboard/domains/introduction",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): resend.com.mail (v6)",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): resend.com.click-tracking",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    key = { text = "the DKIM record", issued_by = "provider", form = "key", where = "under Domains, the domain, DNS Records" },
    region = {
      text = "the AWS region that the account sends from", issued_by = "provider", pattern = "%l%l[%l-]*%-%d+", example = "eu-west-1",
      where = "under Domains, the domain, and in the value of the MX record",
    },
    send = { text = "the label of the return path's name (custom_return_path)", issued_by = "customer", default = "send" },
    track = {
      text = "the label of the name for tracked links", issued_by = "customer", example = "links", optional = true,
    },
    track_token = {
      text = "the first label of the target for tracked links", issued_by = "provider", example = "abc123", optional = true,
      where = "under Domains, the domain, Configuration",
    },
  },
  records = {
    {
      id = "dkim", type = "TXT", name = "resend._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
    {
      id = "mx", type = "MX", name = "{send}.{domain}", value = "10 feedback-smtp.{region}.amazonses.com", purpose = "return_path",
      required = true, match = "mx", note = "It must be the only MX record at that name.",
    },
    {
      id = "spf", type = "TXT", name = "{send}.{domain}", value = "v=spf1 include:amazonses.com ~all", include = "amazonses.com",
      purpose = "spf", required = true, match = "spf_include",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = false,
      match = "dmarc_any_valid",
    },
    {
      id = "tracking", type = "CNAME", name = "{track}.{domain}", target = "{track_token}.resend-dns.com", purpose = "links",
      required = false, match = "cname_target",
    },
  },
  statuses = {
    pending = "pending", verified = "verified", failed = "failed", temporary = "temporary_failure", not_started = "not_started",
  },
  window = 72 * 3600,
  retry = "Call verify, which sets the domain to pending again. A verified domain is a temporary_failure for 72 hours before it fails.",
  automatic = "By Domain Connect, where the DNS host has it.",
  advice = {
    { code = "partially", text = "partially_verified and partially_failed are words of it, too: its records tell which are not found." },
  },
}
