--- Register.com, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.registercom
return {
  id = "registercom",
  name = "Register.com",
  name_servers = { "*.register.com" },

  name_form = "prefix",
  apex = "blank",
  final_dot = "never",

  domain_connect = { supported = false },
  api = { available = false },
  help = "https://www.register.com/",

  source = { "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts" },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    name_form = "general-knowledge",
    apex = "general-knowledge",
    final_dot = "general-knowledge",
    domain_connect = "general-knowledge",
    api = "general-knowledge",
  },
}
