--- Hover, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.hover
return {
  id = "hover",
  name = "Hover",
  name_servers = { "ns[0-9].hover.com" },

  name_form = "prefix",
  apex = "@",
  final_dot = "never",
  text = { form = "plain", most = 255 },
  underscore_cname = true,
  labels = { name = "Hostname", value = { CNAME = "Target", TXT = "Value" } },

  ttl = { default = 900 },

  domain_connect = { supported = false },
  api = { available = false, note = "an unofficial one only" },
  help = "https://help.hover.com/hc/en-us/articles/217282457",

  source = { "LukeSmithxyz/emailwiz #139", "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts" },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = { ttl = "general-knowledge", final_dot = "general-knowledge", domain_connect = "general-knowledge" },
}
