--- deSEC, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.desec
return {
  id = "desec",
  name = "deSEC",
  name_servers = { "ns[12].desec.io", "ns[12].desec.org" },

  name_form = "prefix",
  apex = "@",
  final_dot = "never",
  underscore_cname = true,

  ttl = { least = 3600 },

  domain_connect = { supported = false },
  api = { available = true, note = "whole record sets, several at once; the least TTL is each domain's own" },
  help = "https://desec.readthedocs.io/en/latest/dns/rrsets.html",

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "https://desec.readthedocs.io/en/latest/dns/domains.html (minimum_ttl)",
    "https://desec.readthedocs.io/en/latest/dns/rrsets.html",
  },
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
