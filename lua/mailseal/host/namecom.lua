--- Name.com, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.namecom
return {
  id = "namecom",
  name = "Name.com",
  name_servers = { "ns#*.name.com" },

  name_form = "prefix",
  apex = "blank",
  final_dot = "never",
  text = { form = "plain", most = 512, counted = "encoded" },
  mx = "separate",
  underscore_cname = true,
  labels = { name = "Host", value = "Answer", priority = "Priority" },

  ttl = { default = 300, least = 300 },

  api = { available = true },
  help = "https://www.name.com/support/articles/205188538",

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "github.com/StackExchange/dnscontrol providers/namedotcom/auditrecords.go",
    "lego minTTL=300",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    name_form = "general-knowledge",
    apex = "general-knowledge",
    final_dot = "general-knowledge",
    mx = "general-knowledge",
    underscore_cname = "general-knowledge",
    labels = "general-knowledge",
  },
}
