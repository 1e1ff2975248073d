--- Squarespace Domains (ex-Google Domains), as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.squarespace
return {
  id = "squarespace",
  name = "Squarespace Domains (ex-Google Domains)",
  name_servers = { "*.squarespacedns.com", "ns-cloud-[a-e][0-9].googledomains.com" },
  ambiguous_with = { "google-cloud-dns", "shopify" },

  name_form = "prefix",
  apex = "@",
  final_dot = "never",
  text = { form = "plain" },
  mx = "separate",
  underscore_cname = true,
  labels = { name = "Host", value = { CNAME = "Alias Data", TXT = "Data", MX = "Data" }, priority = "Priority" },

  ttl = { default = 14400 },

  domain_connect = { supported = true },
  api = { available = false },
  help = "https://support.squarespace.com/hc/en-us/articles/360002101888",

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "suped.com, knowledge base",
    "repos with nsa1/nsc1/nsd1/connect1.squarespacedns.com",
    "its _domainconnect records seen in zones",
    "https://support.squarespace.com/hc/en-us/articles/360002101888 (Host is @ or blank for the domain itself; Data)",
    "https://docs.lettr.com/knowledge-base/dns-guides/squarespace (Alias Data; the domain is added to Host)",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    text = "general-knowledge",
    labels = "third-party",
    mx = "general-knowledge",
    ttl = "general-knowledge",
    domain_connect = "general-knowledge",
    final_dot = "general-knowledge",
  },
}
