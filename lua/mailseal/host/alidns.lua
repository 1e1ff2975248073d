--- Alibaba DNS, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.alidns
return {
  id = "alidns",
  name = "Alibaba DNS",
  name_servers = { "*.hichina.com", "*.alidns.com" },

  name_form = "prefix",
  apex = "@",
  final_dot = "never",
  text = { form = "plain", most = 512 },
  underscore_cname = true,

  domain_connect = { supported = false },

  source = { "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts" },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    name_form = "general-knowledge",
    apex = "general-knowledge",
    underscore_cname = "general-knowledge",
    domain_connect = "general-knowledge",
    final_dot = "general-knowledge",
    text = "general-knowledge",
  },
}
