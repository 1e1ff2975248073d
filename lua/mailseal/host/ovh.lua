--- OVHcloud, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.ovh
return {
  id = "ovh",
  name = "OVHcloud",
  name_servers = { "dns#.ovh.net", "dns#.ovh.ca", "ns#.ovh.net", "ns#.ovh.ca", "*.anycast.me" },

  name_form = "prefix",
  apex = "blank",
  final_dot = "always",
  text = { form = "plain" },
  mx = "separate",
  underscore_cname = true,
  labels = { name = "Sub-domain", value = "Target", priority = "Priority" },

  ttl = { default = 3600 },

  domain_connect = { supported = false },
  api = { available = true, note = "with a consumer key" },
  help = "https://help.ovhcloud.com/csm/en-dns-zone-dkim?id=kb_article_view&sysparm_article=KB0058258",

  pitfalls = {
    {
      text = "OVHcloud has a form of its own for DKIM records, which asks for the key's parts: choose "
        .. "TXT to paste the whole record.",
      types = { "TXT" },
    },
  },

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "https://help.ovhcloud.com/csm/en-dns-zone-dkim",
    "https://docs.ovhcloud.com/en/guides/web-cloud/domains/dns-zone-records.md",
    "github.com/ovh/docs, dns_zone_mx (the domain is left blank, the priority stands apart, targets end with a dot)",
    "github.com/ovh/docs, dns_zone_dkim (the form adds the domain to the sub-domain; a TXT record has a target as well)",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = { ttl = "general-knowledge", domain_connect = "general-knowledge" },
}
