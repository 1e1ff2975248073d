--- Liquid Web, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.liquidweb
return {
  id = "liquidweb",
  name = "Liquid Web",
  name_servers = { "ns.liquidweb.com", "ns1.liquidweb.com", "ns.sourcedns.com", "ns1.sourcedns.com" },

  name_form = "prefix",
  apex = "blank",
  final_dot = "never",
  text = { form = "plain" },
  underscore_cname = true,
  labels = { name = "Name", type = "Type", ttl = "TTL" },

  ttl = { default = 3600 },

  domain_connect = { supported = false },
  api = { available = true, note = "api.liquidweb.com" },
  help = "https://www.liquidweb.com/help-docs/",

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "public repos listing ns.liquidweb.com / ns1.liquidweb.com = sourcedns.com",
    "lego liquidweb",
    "https://www.liquidweb.com/help-docs/portal/domains-and-dns/dns-management/what-are-dns-records (the prefix goes into Name)",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    apex = "general-knowledge",
    final_dot = "general-knowledge",
    text = "general-knowledge",
    underscore_cname = "general-knowledge",
    ttl = "general-knowledge",
    domain_connect = "general-knowledge",
  },
}
