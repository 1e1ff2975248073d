--- Plesk (any host), as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.plesk
return {
  id = "plesk",
  name = "Plesk (any host)",

  name_form = "prefix",
  apex = "blank",
  final_dot = "always",
  text = { form = "plain" },
  mx = "separate",
  underscore_cname = true,

  ttl = { default = 86400 },

  domain_connect = { supported = true, note = "by an extension" },
  api = { available = true, note = "XML-RPC or REST" },
  help = "https://docs.plesk.com/",

  source = { "github.com/plesk/ext-domain-connect", "lego plesk" },
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
    api = "general-knowledge",
  },
}
