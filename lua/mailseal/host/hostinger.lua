--- Hostinger, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.hostinger
return {
  id = "hostinger",
  name = "Hostinger",
  name_servers = { "*.dns-parking.com" },

  name_form = "prefix",
  apex = "@",
  final_dot = "never",
  text = { form = "plain" },
  underscore_cname = true,
  labels = { name = "Name", value = { CNAME = "Target", TXT = "TXT value" } },

  ttl = { default = 14400 },

  api = { available = true, note = "developers.hostinger.com" },
  help = "https://support.hostinger.com/en/articles/1583227",

  pitfalls = {
    {
      text = "The zone is not signed by DNSSEC: a DS record that is left at the registry makes the whole domain fail.",
    },
  },

  source = {
    "https://support.hostinger.com/en/articles/8671230-how-to-look-up-domain-nameservers",
    "blisspixel/recon",
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
    "lego hostinger",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    name_form = "general-knowledge",
    apex = "general-knowledge",
    final_dot = "general-knowledge",
    text = "general-knowledge",
    underscore_cname = "general-knowledge",
    labels = "general-knowledge",
    ttl = "general-knowledge",
  },
}
