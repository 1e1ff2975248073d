--- STRATO, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.strato
return {
  id = "strato",
  name = "STRATO",
  name_servers = { "docks#.rzone.de", "shades#.rzone.de" },

  name_form = "prefix",
  apex = "blank",
  final_dot = "never",
  text = { form = "plain" },
  underscore_cname = true,
  labels = { name = "Präfix", value = "Wert" },

  domain_connect = { supported = false },
  api = { available = false },
  help = "https://www.strato.de/faq/domains/",

  source = {
    "https://www.strato.de/faq/domains/was-ist-der-txt-record-und-wie-kann-ich-ihn-verwenden/",
    "NS maps in public code, among them domainstack.io lib/providers/rules/dns.ts",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    apex = "general-knowledge",
    final_dot = "general-knowledge",
    text = "general-knowledge",
    underscore_cname = "general-knowledge",
    domain_connect = "general-knowledge",
    api = "general-knowledge",
  },
}
