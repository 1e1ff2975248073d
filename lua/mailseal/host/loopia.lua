--- Loopia, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.loopia
return {
  id = "loopia",
  name = "Loopia",
  name_servers = { "ns[12].loopia.se" },

  name_form = "prefix",
  apex = "@",
  text = { form = "plain", most = 450 },
  underscore_cname = true,

  ttl = { default = 3600, least = 300 },
  publishes_within = 45 * 60,

  domain_connect = { supported = false },
  api = { available = true, note = "XML-RPC; it wants targets with a dot at their end" },
  help = "https://support.loopia.com/",

  source = {
    "github.com/StackExchange/dnscontrol providers/loopia/auditrecords.go",
    "code comment: TXT visible 20-45 min after API OK",
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "lego minTTL=300",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    name_form = "general-knowledge",
    apex = "general-knowledge",
    underscore_cname = "general-knowledge",
    ttl = "general-knowledge",
    domain_connect = "general-knowledge",
  },
}
