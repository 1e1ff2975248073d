--- IONOS (1&1), as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.ionos
return {
  id = "ionos",
  name = "IONOS (1&1)",
  name_servers = {
    "*.ui-dns.com",
    "*.ui-dns.de",
    "*.ui-dns.org",
    "*.ui-dns.biz",
    "*.ui-dns.eu",
    "*.1and1.com",
    "*.1and1.co.uk",
    "*.ionos.com",
  },

  name_form = "prefix",
  apex = "@",
  final_dot = "never",
  text = { form = "plain" },
  mx = "separate",
  underscore_cname = true,
  labels = { name = "Host name", value = { CNAME = "Points to", TXT = "Value", MX = "Points to" }, priority = "Priority" },

  ttl = { default = 3600, least = 300 },

  domain_connect = { supported = true, flows = { "synchronous", "asynchronous" } },
  api = { available = true, note = "developer.hosting.ionos.com" },
  help = "https://www.ionos.com/help/domains/configuring-cname-records/",

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "_domainconnect.ionos.com seen in zones",
    "Domain-Connect/DomainConnectDDNS-Python #55",
    "lego ionos minTTL=300",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = { text = "general-knowledge", mx = "general-knowledge", final_dot = "general-knowledge" },
}
