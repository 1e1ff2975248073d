--- GoDaddy, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.godaddy
return {
  id = "godaddy",
  name = "GoDaddy",
  name_servers = { "*.domaincontrol.com" },

  name_form = "prefix",
  apex = "@",
  final_dot = "never",
  text = { form = "plain", most = 1024 },
  mx = "separate",
  underscore_cname = true,
  labels = { name = "Name", value = "Value", priority = "Priority" },

  ttl = { default = 3600, least = 600 },

  domain_connect = { supported = true, flows = { "synchronous", "asynchronous" }, note = "the asynchronous flow on request" },
  api = { available = true, note = "developer.godaddy.com, for eligible accounts only" },
  help = "https://www.godaddy.com/help/add-a-cname-record-19236",

  pitfalls = {
    {
      text = "A _domainconnect record that names GoDaddy stays in a zone that is moved elsewhere: it does not mean that GoDaddy "
        .. "has the domain's DNS.",
    },
  },

  source = {
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "https://www.godaddy.com/help/about-godaddy-nameservers-664",
    "suped.com, knowledge base: which DNS providers append the domain",
    "lego godaddy minTTL=600",
    "_domainconnect.gd.domaincontrol.com seen in zones",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = { text = "general-knowledge", mx = "general-knowledge" },
}
