--- Spaceship, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.spaceship
return {
  id = "spaceship",
  name = "Spaceship",
  name_servers = { "*.spaceship.net", "*.spaceship.com" },

  name_form = "prefix",
  apex = "@",
  final_dot = "never",
  underscore_cname = true,

  source = { "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts" },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    name_form = "general-knowledge",
    apex = "general-knowledge",
    underscore_cname = "general-knowledge",
    final_dot = "general-knowledge",
  },
}
