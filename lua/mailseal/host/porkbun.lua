--- Porkbun, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.porkbun
return {
  id = "porkbun",
  name = "Porkbun",
  name_servers = { "*.ns.porkbun.com" },

  name_form = "prefix",
  apex = "blank",
  final_dot = "never",
  text = { form = "plain" },
  mx = "separate",
  underscore_cname = true,
  labels = { name = "Host", value = "Answer", priority = "Priority" },

  ttl = { default = 600, least = 300 },

  domain_connect = { supported = false },
  api = { available = true, note = "to be switched on for each domain" },
  help = "https://kb.porkbun.com/article/68-how-to-edit-dns-records",

  pitfalls = { { text = "A space at the end of the text is refused.", types = { "TXT" } } },

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "github.com/StackExchange/dnscontrol providers/porkbun/auditrecords.go",
    "lego minTTL=300 (600 in UI)",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    name_form = "general-knowledge",
    apex = "general-knowledge",
    final_dot = "general-knowledge",
    text = "general-knowledge",
    mx = "general-knowledge",
    underscore_cname = "general-knowledge",
    labels = "general-knowledge",
    domain_connect = "general-knowledge",
  },
}
