--- InMotion Hosting, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.inmotion
return {
  id = "inmotion",
  name = "InMotion Hosting",
  name_servers = {
    "ns.inmotionhosting.com",
    "ns[0-9].inmotionhosting.com",
    "ns.servconfig.com",
    "ns[0-9].servconfig.com",
    "ns.webhostinghub.com",
    "ns[0-9].webhostinghub.com",
  },

  name_form = "either",
  apex = "zone",
  final_dot = "optional",
  text = { form = "plain" },
  mx = "separate",
  underscore_cname = true,
  labels = { name = "Name", value = { CNAME = "CNAME", TXT = "Record", MX = "Destination" }, priority = "Priority" },

  ttl = { default = 14400 },

  domain_connect = { supported = false },
  api = { available = true, note = "cPanel's" },
  help = "https://www.inmotionhosting.com/support/edu/cpanel/",

  pitfalls = {
    {
      text = "MX records have a page of their own in some versions of cPanel (MX Entry), beside the Zone Editor.",
      types = { "MX" },
    },
  },

  source = {
    "public code with the full NS list (imhNameServers)",
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "https://webhostinghub.com/help/learn/domain-names/dns-nameserver/dns-records-primer (MX Entry)",
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
    labels = "general-knowledge",
    domain_connect = "general-knowledge",
    api = "general-knowledge",
  },
}
