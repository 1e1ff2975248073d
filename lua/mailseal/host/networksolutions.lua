--- Network Solutions, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.networksolutions
return {
  id = "networksolutions",
  name = "Network Solutions",
  name_servers = { "ns#.worldnic.com" },

  name_form = "prefix",
  apex = "@",
  final_dot = "never",
  underscore_cname = false,
  labels = { name = "Alias", value = { CNAME = "Other host" } },

  ttl = { default = 7200 },

  domain_connect = { supported = false },
  api = { available = false },
  help = "https://www.networksolutions.com/help/article/dns-manage-advanced-dns-records",

  pitfalls = {
    {
      text = "Its support has entered CNAME records with an underscore by hand, for customers who asked.",
      types = { "CNAME" },
    },
  },

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "devpeace.com/dns/13650233 (SO mirror)",
    "https://support.higherlogic.com/hc/en-us/articles/360033054011",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    name_form = "general-knowledge",
    apex = "general-knowledge",
    final_dot = "general-knowledge",
    ttl = "general-knowledge",
    domain_connect = "general-knowledge",
  },
}
