--- What Mailchimp wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.mailchimp
return {
  id = "mailchimp",
  name = "Mailchimp",
  source = {
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): mailchimp.com.email-signing",
    "https://www.dmarctrust.com/blog/setup-dkim-mailchimp",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["names k2/k3 → dkim2/dkim3.mcsv.net"] = "third-party",
    ["older k1 → dkim.mcsv.net also live"] = "third-party",
    ["the words for statuses"] = "third-party",
  },
  records = {
    {
      id = "dkim2", type = "CNAME", name = "k2._domainkey.{domain}", target = "dkim2.mcsv.net", purpose = "dkim", required = true,
      match = "cname_target",
    },
    {
      id = "dkim3", type = "CNAME", name = "k3._domainkey.{domain}", target = "dkim3.mcsv.net", purpose = "dkim", required = true,
      match = "cname_target",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = true,
      match = "dmarc_any_valid",
    },
  },
  -- A domain whose records are still to be found has been verified, by a message, and is shown as that.
  statuses = { pending = "Verified", verified = "Authenticated" },
  window = 48 * 3600,
  automatic = "At DNS hosts that Entri or Domain Connect know, Mailchimp sets the records itself.",
  variants = {
    k1 = {
      text = "one CNAME at k1, of domains that were authenticated long ago",
      records = {
        {
          id = "dkim1", type = "CNAME", name = "k1._domainkey.{domain}", target = "dkim.mcsv.net", purpose = "dkim", required = true,
          match = "cname_target",
        },
        {
          id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = true,
          match = "dmarc_any_valid",
        },
      },
    },
  },
  advice = {
    { code = "two_steps", text = "A domain is verified (by a message to an address in it), and then authenticated (by these records)." },
    { code = "no_spf", text = "No SPF record is needed: SPF cannot align with Mailchimp's return path, DKIM does." },
  },
}
