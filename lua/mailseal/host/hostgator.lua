--- HostGator, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.hostgator
return {
  id = "hostgator",
  name = "HostGator",
  name_servers = { "*.hostgator.com", "*.websitewelcome.com", "*.launchpad.net" },

  name_form = "either",
  apex = "zone",
  final_dot = "optional",
  text = { form = "plain" },
  mx = "separate",
  underscore_cname = true,
  labels = { name = "Host Record (Name in cPanel)", value = "Points To (Record in cPanel)" },

  ttl = { default = 14400 },
  publishes_within = 8 * 3600,

  domain_connect = { supported = false },
  api = { available = true, note = "cPanel's UAPI, on hosting accounts" },
  help = "https://www.hostgator.com/help/article/how-to-change-dns-zones-mx-cname-and-a-records",

  pitfalls = {
    {
      text = "HostGator has three editors for records: its Customer Portal, cPanel and an older one. "
        .. "Use the one of the account that serves the domain.",
    },
  },

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "https://www.hostgator.com/help/article/i-bought-my-domain-from-hostgator-how-do-i-make-dns-changes",
    "http://my.hostgator.sg/cgi/help/cname",
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
    api = "general-knowledge",
  },
}
