--- Namecheap, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.namecheap
return {
  id = "namecheap",
  name = "Namecheap",
  name_servers = { "*.registrar-servers.com", "*.namecheaphosting.com" },

  name_form = "prefix",
  apex = "@",
  final_dot = "optional",
  text = { form = "plain", most = 2500 },
  mx = "separate",
  underscore_cname = true,
  labels = { name = "Host", value = { CNAME = "Target", TXT = "Value", MX = "Value" }, priority = "Priority" },
  limits = { name = 60, target = 255, records = 150 },

  ttl = { default = 1800, least = 60, automatic = "Automatic" },

  domain_connect = { supported = false },
  api = { available = true, note = "from addresses that were allowed before; it replaces the whole list of records" },
  help = "https://www.namecheap.com/support/knowledgebase/article.aspx/317/2237/",

  pitfalls = {
    { text = "MX records are chosen under Mail Settings (Custom MX), not among the host records.", types = { "MX" } },
  },

  source = {
    "https://www.namecheap.com/support/knowledgebase/article.aspx/10058/10/namecheap-dns-limits/",
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = { ttl = "general-knowledge", mx = "general-knowledge", domain_connect = "general-knowledge" },
}
