--- Gandi, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.gandi
return {
  id = "gandi",
  name = "Gandi",
  name_servers = { "*.gandi.net" },

  name_form = "prefix",
  apex = "@",
  final_dot = "always",
  text = { form = "quoted" },
  underscore_cname = true,

  ttl = { default = 10800, least = 300 },

  domain_connect = { supported = false },
  api = { available = true, note = "LiveDNS, with a personal access token" },
  help = "https://docs.gandi.net/en/domain_names/",

  source = {
    "wiki.gandi.net: CNAME and MX records must end with a dot",
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "lego minTTL=300",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    name_form = "general-knowledge",
    apex = "general-knowledge",
    text = "general-knowledge",
    underscore_cname = "general-knowledge",
    domain_connect = "general-knowledge",
  },
}
