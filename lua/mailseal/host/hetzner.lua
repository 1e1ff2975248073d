--- Hetzner, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.hetzner
return {
  id = "hetzner",
  name = "Hetzner",
  name_servers = {
    "hydrogen.ns.hetzner.com",
    "hydrogen.ns.hetzner.de",
    "oxygen.ns.hetzner.com",
    "oxygen.ns.hetzner.de",
    "helium.ns.hetzner.com",
    "helium.ns.hetzner.de",
    "*.first-ns.de",
    "*.second-ns.de",
    "*.second-ns.com",
    "*.your-server.de",
  },

  name_form = "prefix",
  apex = "@",
  final_dot = "always",
  text = { form = "quoted" },
  underscore_cname = true,

  ttl = { default = 86400, least = 60 },

  domain_connect = { supported = false },
  api = { available = true, note = "the Cloud API; the former DNS API is retired" },
  help = "https://docs.hetzner.cloud/reference/cloud#dns",

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "https://www.pulumi.com/registry/packages/hcloud/api-docs/txtrecord/",
    "lego hetzner minTTL=60",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    name_form = "general-knowledge",
    apex = "general-knowledge",
    final_dot = "general-knowledge",
    underscore_cname = "general-knowledge",
    ttl = "general-knowledge",
    domain_connect = "general-knowledge",
  },
}
