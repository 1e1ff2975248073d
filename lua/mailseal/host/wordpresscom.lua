--- WordPress.com, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.wordpresscom
return {
  id = "wordpresscom",
  name = "WordPress.com",
  name_servers = { "ns[0-9].wordpress.com" },

  name_form = "prefix",
  apex = "@",
  final_dot = "never",
  underscore_cname = true,

  domain_connect = { supported = true },

  source = { "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts" },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    name_form = "general-knowledge",
    apex = "general-knowledge",
    underscore_cname = "general-knowledge",
    domain_connect = "general-knowledge",
    final_dot = "general-knowledge",
  },
}
