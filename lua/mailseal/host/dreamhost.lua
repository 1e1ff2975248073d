--- DreamHost, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.dreamhost
return {
  id = "dreamhost",
  name = "DreamHost",
  name_servers = { "*.dreamhost.com" },

  name_form = "prefix",
  apex = "blank",
  final_dot = "never",
  text = { form = "plain" },
  mx = "separate",
  underscore_cname = true,
  labels = { name = "Host (or Name)", value = "Value", priority = "Priority" },

  ttl = { default = 14400 },

  domain_connect = { supported = false },
  api = { available = true, note = "the DreamHost API" },
  help = "https://help.dreamhost.com/hc/en-us/articles/360035516812",

  pitfalls = {
    {
      text = "An SPF record of your own makes DreamHost drop the one that it publishes by itself: where "
        .. "its servers send for the domain, too, include them.",
      types = { "TXT" },
    },
  },

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "https://help.dreamhost.com/hc/en-us/articles/215029758-DKIM-records",
    "https://powerdmarc.com/dreamhost-spf-dkim-dmarc-setup/",
    "lego dreamhost",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = { apex = "general-knowledge", ttl = "general-knowledge", mx = "general-knowledge", final_dot = "general-knowledge" },
}
