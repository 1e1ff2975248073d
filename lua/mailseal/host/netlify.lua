--- Netlify, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.netlify
return {
  id = "netlify",
  name = "Netlify",
  name_servers = { "dns[1-4].p[0-9][0-9].nsone.net" },
  before = { "ns1" },

  name_form = "prefix",
  apex = "@",
  final_dot = "never",
  text = { form = "plain" },
  mx = "separate",
  underscore_cname = true,

  ttl = { default = 3600 },

  domain_connect = { supported = false },
  api = { available = true },
  help = "https://docs.netlify.com/domains-https/netlify-dns/dns-records/",

  pitfalls = { { text = "The name servers are IBM NS1's, who has customers of its own with names like these." } },

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "github.com/StackExchange/dnscontrol providers/netlify/auditrecords.go",
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
    domain_connect = "general-knowledge",
  },
}
