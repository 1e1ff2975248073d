--- Google Cloud DNS, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.google-cloud-dns
return {
  id = "google-cloud-dns",
  name = "Google Cloud DNS",
  name_servers = { "ns-cloud-[a-e][0-9].googledomains.com" },
  ambiguous_with = { "squarespace", "shopify" },

  name_form = "prefix",
  apex = "blank",
  final_dot = "always",
  text = { form = "quoted" },
  mx = "joined",
  record_sets = true,
  underscore_cname = true,
  labels = {
    name = "DNS name",
    type = "Resource record type",
    value = { CNAME = "Canonical name", TXT = "TXT data", MX = "Preference and mail server" },
  },

  ttl = { default = 300 },

  domain_connect = { supported = false },
  api = { available = true, note = "it takes whole names with a dot at their end" },
  help = "https://cloud.google.com/dns/docs/records",

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "https://docs.cloud.google.com/dns/docs/records-overview",
    "https://cloud.google.com/dns/records/json-record (dots, quotes)",
    "set-up guides of self-hosted mail servers, field by field (labels; TXT data in double quotes; priority in front of the server)",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    name_form = "general-knowledge",
    apex = "general-knowledge",
    final_dot = "third-party",
    text = "third-party",
    mx = "third-party",
    record_sets = "general-knowledge",
    underscore_cname = "general-knowledge",
    labels = "third-party",
    ttl = "general-knowledge",
    domain_connect = "general-knowledge",
    api = "general-knowledge",
  },
}
