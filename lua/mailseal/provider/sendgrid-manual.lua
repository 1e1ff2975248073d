--- What Twilio SendGrid - Automated Security off wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.sendgrid-manual
return {
  id = "sendgrid-manual",
  name = "Twilio SendGrid - Automated Security off",
  source = {
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): sendgrid.com.domain-auth-manual",
    "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/how-to-set-up-domain-authentication",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["SPF text"] = "general-knowledge",
    ["the words for statuses"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    sub = {
      text = "the label of the return path's name", issued_by = "provider", pattern = "[%l%d-]+", example = "em1234",
      where = "under Settings, Sender Authentication, the domain, in the MX record",
    },
    selector = { text = "the selector", issued_by = "provider", example = "m1", where = "in the name of the DKIM record" },
    key = { text = "the DKIM record", issued_by = "provider", form = "key", where = "in the value of the DKIM record" },
  },
  records = {
    {
      id = "mx", type = "MX", name = "{sub}.{domain}", value = "20 mx.sendgrid.net", purpose = "return_path", required = true,
      match = "mx", -- of any priority: accounts have had 10 as well
    },
    {
      id = "spf", type = "TXT", name = "{sub}.{domain}", value = "v=spf1 include:sendgrid.net ~all", include = "sendgrid.net",
      purpose = "spf", required = true, match = "spf_include",
    },
    {
      id = "dkim", type = "TXT", name = "{selector}._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
  },
  statuses = { pending = "Pending", verified = "Verified" },
  window = 48 * 3600,
  retry = "Press Verify.",
  advice = {
    { code = "no_rotation", text = "With Automated Security off the key is never changed by SendGrid: change it yourself once a year." },
  },
}
