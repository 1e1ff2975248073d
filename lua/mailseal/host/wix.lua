--- Wix, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.wix
return {
  id = "wix",
  name = "Wix",
  name_servers = { "ns#.wixdns.net" },

  name_form = "prefix",
  apex = "blank",
  final_dot = "never",
  text = { form = "plain" },
  mx = "separate",
  underscore_cname = true,
  labels = { name = "Host Name", value = "Value", priority = "Priority" },
  limits = { values_of_a_type = 50 },

  ttl = { default = 3600 },

  api = { available = true, note = "the Domain DNS API, with a key of the account" },
  help = "https://support.wix.com/en/article/adding-or-updating-cname-records-in-your-wix-account",

  source = {
    "https://www.mailerlite.com/help/how-to-authenticate-a-domain-with-wix",
    "https://dev.wix.com/docs/rest/account-level/domains/domain-dns/introduction",
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = { mx = "general-knowledge" },
}
