--- What Campaign Monitor wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.campaignmonitor
return {
  id = "campaignmonitor",
  name = "Campaign Monitor",
  source = {
    "https://help.campaignmonitor.com/articles/Knowledge/manage-your-own-authentication",
    "https://help.campaignmonitor.com/topic.aspx?t=100",
    "https://support.marketing360.com/hc/en-us/articles/22759495227405",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["selector cm"] = "third-party",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    key = { text = "the DKIM record", issued_by = "provider", form = "key", where = "under Account settings, Sending domains" },
  },
  records = {
    {
      id = "dkim", type = "TXT", name = "cm._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true, match = "dkim_key",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = true,
      match = "dmarc_any_valid",
    },
  },
  advice = {
    { code = "exact_domain", text = "{domain} is authenticated for itself: that covers no subdomain, nor the domain above." },
    { code = "ttl", text = "A TTL of 300 is suggested; some DNS hosts take no less than 600." },
    { code = "mangled_semicolons", text = "Some DNS hosts mangle the semicolons: written as \\; they sometimes come through." },
  },
}
