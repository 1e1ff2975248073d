--- Vercel, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.vercel
return {
  id = "vercel",
  name = "Vercel",
  name_servers = { "ns[0-9].vercel-dns.com" },

  name_form = "prefix",
  apex = "blank",
  final_dot = "never",
  text = { form = "plain" },
  mx = "separate",
  underscore_cname = true,

  ttl = { default = 60 },

  api = { available = true, note = "with a token and the team's id" },
  help = "https://vercel.com/docs/projects/domains/managing-dns-records",

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "github.com/StackExchange/dnscontrol providers/vercel/auditrecords.go",
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
    ttl = "general-knowledge",
  },
}
