--- What Postmark wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.postmark
return {
  id = "postmark",
  name = "Postmark",
  source = {
    "https://postmarkapp.com/developer/api/domains-api",
    "https://postmarkapp.com/support/article/1113-how-do-i-manage-domains-using-the-api",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): streetteam.fm.postmark-email",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): stytch.com.email",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["key size (guides disagree: 1024 vs 2048; two guides wrongly say DKIM is a CNAME)"] = "unknown",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    selector = {
      text = "the selector, digits and pm", issued_by = "provider", pattern = "%d+pm", example = "20240115103000pm",
      where = "under Sender Signatures, the domain, DNS Settings",
    },
    key = { text = "the DKIM record", issued_by = "provider", form = "key", where = "in the value of the TXT record" },
    pending_selector = {
      text = "the selector of the key that is to come, while one is changed", issued_by = "provider", pattern = "%d+pm",
      example = "20250115103000pm", where = "DKIMPendingHost of the API", optional = true,
    },
    pending_key = {
      text = "the record of that key", issued_by = "provider", form = "key", where = "DKIMPendingTextValue of the API",
      optional = true,
    },
    return_path = { text = "the label of the return path's name", issued_by = "customer", default = "pm-bounces" },
  },
  records = {
    {
      id = "dkim", type = "TXT", name = "{selector}._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
    {
      id = "dkim_pending", type = "TXT", name = "{pending_selector}._domainkey.{domain}", value = "{pending_key}", purpose = "dkim",
      required = true, match = "dkim_key", note = "Beside the old one, which Postmark revokes a few days later.",
    },
    {
      id = "return_path", type = "CNAME", name = "{return_path}.{domain}", target = "pm.mtasv.net", purpose = "return_path",
      required = false, match = "cname_target",
    },
  },
  statuses = { pending = "Pending", verified = "Verified" }, -- DKIMUpdateStatus of the API,
  window = 48 * 3600,
  retry = "Press Verify, or call verifyDkim and verifyReturnPath.",
  advice = {
    { code = "no_spf", text = "No SPF record is needed: the return path's CNAME has it." },
    { code = "weak_key", text = "WeakDKIM means a key of less than 1024 bits: ask for a new one, and publish it beside the old." },
    {
      code = "verified_for_ever",
      text = "DKIMVerified stays true when the record is gone from DNS, and ReturnPathDomainVerified is told of the return path by itself.",
    },
    { code = "first_key", text = "Before the first verification the API has the key in DKIMPendingHost and DKIMPendingTextValue." },
    { code = "dmarc", text = "Publish a DMARC record as well." },
    { code = "dkim_is_txt", text = "Postmark's DKIM record is a TXT record, whatever other guides say." },
  },
}
