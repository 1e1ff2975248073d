--- one.com, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.onecom
return {
  id = "onecom",
  name = "one.com",
  name_servers = { "ns01.one.com", "ns02.one.com" },

  name_form = "prefix",
  apex = "blank",
  final_dot = "never",
  text = { form = "plain" },
  underscore_cname = true,

  ttl = { default = 3600 },

  domain_connect = { supported = false },
  api = { available = false },
  help = "https://help.one.com/hc/en-us/articles/360000799298",

  pitfalls = { { text = "A plan for e-mail alone does not let its customers edit DNS records." } },

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "test in public code: someone.com must not match",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    name_form = "general-knowledge",
    apex = "general-knowledge",
    final_dot = "general-knowledge",
    text = "general-knowledge",
    underscore_cname = "general-knowledge",
    ttl = "general-knowledge",
    domain_connect = "general-knowledge",
    api = "general-knowledge",
  },
}
