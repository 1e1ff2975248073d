--- SiteGround, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.siteground
return {
  id = "siteground",
  name = "SiteGround",
  name_servers = { "ns[0-9].siteground.net", "*.sgvps.net", "*.siteground.eu", "*.siteground.biz" },

  name_form = "prefix",
  apex = "blank",
  final_dot = "never",
  text = { form = "plain" },
  underscore_cname = true,
  labels = { name = "Name", value = "Value" },

  ttl = { default = 14400 },

  domain_connect = { supported = false },
  api = { available = false },
  help = "https://www.siteground.com/kb/manage-dns-records/",

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "https://support.teesnap.com/siteground-dkim-and-dmarc-setup",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = { name_servers = "general-knowledge" },
}
