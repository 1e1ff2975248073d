--- Cloudflare, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.cloudflare
return {
  id = "cloudflare",
  name = "Cloudflare",
  name_servers = { "*.ns.cloudflare.com" },

  name_form = "prefix",
  apex = "@",
  final_dot = "never",
  text = { form = "plain" },
  mx = "separate",
  underscore_cname = true,
  labels = {
    name = "Name",
    value = { CNAME = "Target", TXT = "Content", MX = "Mail server", NS = "Nameserver" },
    priority = "Priority",
  },
  proxy = { label = "Proxy status", off = "DNS only" },

  ttl = { default = 300, least = 60, automatic = "Auto" },

  domain_connect = {
    supported = true,
    flows = { "synchronous" },
    note = "onboarding by e-mail; most errors are about the public key in a TXT record",
  },
  api = { available = true, note = "with a scoped token" },
  help = "https://developers.cloudflare.com/dns/manage-dns-records/how-to/create-dns-records/",

  pitfalls = {
    {
      text = "CNAME flattening for all CNAMEs of the zone hides their targets as well: let it flatten the apex alone.",
      types = { "CNAME" },
    },
    {
      text = "Cloudflare takes a CNAME beside other records at one name, which breaks both: remove what "
        .. "stands at the name already.",
      types = { "CNAME", "TXT" },
    },
  },

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "https://developers.cloudflare.com/dns/",
    "cloudflare-typescript PR 1777 (TXT auto-split)",
    "https://coresender.com/blog/why-we-require-dns-only-mode-in-cloudflare",
    "cloudflare-docs PR 12814 / 28269 / issue 30376",
    "lego minTTL=120",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = { mx = "general-knowledge" },
}
