--- DNS Made Easy/Constellix, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.dnsmadeeasy
return {
  id = "dnsmadeeasy",
  name = "DNS Made Easy/Constellix",
  name_servers = { "*.dnsmadeeasy.com", "*.constellix.com", "*.constellix.net" },

  name_form = "prefix",
  apex = "blank",
  final_dot = "always",
  mx = "separate",
  underscore_cname = true,
  labels = { name = "Name", value = { MX = "Server" }, priority = "MX Level" },

  domain_connect = { supported = false },
  help = "https://help.constellix.com/mx-records/",

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "https://help.constellix.com/mx-records/ (the form adds the domain to the name, and to a server without a dot at its end)",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = { underscore_cname = "general-knowledge", domain_connect = "general-knowledge" },
}
