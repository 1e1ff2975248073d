--- DigitalOcean, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.digitalocean
return {
  id = "digitalocean",
  name = "DigitalOcean",
  name_servers = { "ns[1-3].digitalocean.com" },

  name_form = "prefix",
  apex = "@",
  final_dot = "optional",
  text = { form = "plain", most = 512, counted = "encoded" },
  mx = "separate",
  underscore_cname = true,
  labels = { name = "Hostname" },

  ttl = { default = 1800, least = 30 },

  domain_connect = { supported = false },
  api = { available = true, note = "it wants targets with a dot at their end" },
  help = "https://docs.digitalocean.com/products/networking/dns/how-to/manage-records/",

  pitfalls = { { text = "A backslash in a text is refused.", types = { "TXT" } } },

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "github.com/StackExchange/dnscontrol providers/digitalocean/auditrecords.go",
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
    ttl = "general-knowledge",
    domain_connect = "general-knowledge",
  },
}
