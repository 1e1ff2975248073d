--- cPanel (any host), as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.cpanel
return {
  id = "cpanel",
  name = "cPanel (any host)",

  name_form = "either",
  apex = "zone",
  final_dot = "optional",
  text = { form = "plain" },
  mx = "separate",
  underscore_cname = true,
  labels = {
    name = "Name",
    value = { CNAME = "Record", TXT = "Record", MX = "Destination", NS = "Record" },
    priority = "Priority",
  },

  ttl = { default = 14400 },

  api = { available = true, note = "UAPI, or WHM's" },
  help = "https://docs.cpanel.net/cpanel/domains/zone-editor/",

  pitfalls = {
    {
      text = "For its own mail, Email Deliverability shows the DKIM record whole or split: the zone "
        .. "wants one record either way.",
      types = { "TXT" },
    },
  },

  source = {
    "https://documentation.cpanel.net/display/78Docs/Email+Deliverability+in+cPanel",
    "https://mail.hovixa.com/knowledgebase/2/",
    "lego cpanel",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = { mx = "general-knowledge" },
}
