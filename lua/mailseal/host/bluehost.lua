--- Bluehost, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.bluehost
return {
  id = "bluehost",
  name = "Bluehost",
  name_servers = { "ns.bluehost.com", "ns#.bluehost.com" },

  name_form = "prefix",
  apex = "@",
  final_dot = "never",
  text = { form = "plain" },
  mx = "separate",
  underscore_cname = true,
  labels = {
    name = "Host Record",
    value = { TXT = "TXT Value", CNAME = "Points To", MX = "Points To" },
    priority = "Priority",
  },

  ttl = { default = 14400, least = 14400 },

  api = { available = false },
  help = "https://www.bluehost.com/help/article/dns-management-add-edit-or-delete-dns-entries",

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "https://hooshosting.com/blog/bluehost-domain-and-dns-guide",
    "https://www.mailerlite.com/help/how-to-authenticate-a-domain-with-bluehost",
    "https://www.bluehost.com/help/article/txt-records (labels, apex, the lowest TTL)",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = { text = "general-knowledge", mx = "general-knowledge", final_dot = "general-knowledge", name_form = "third-party" },
}
