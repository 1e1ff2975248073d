--- Shopify, as a DNS host. See `mailseal.rules.host` for what the members mean.
-- @module mailseal.host.shopify
return {
  id = "shopify",
  name = "Shopify",
  name_servers = { "*.shopify.com", "ns-cloud-[a-e][0-9].googledomains.com" },
  ambiguous_with = { "google-cloud-dns", "squarespace" },

  name_form = "prefix",
  apex = "@",
  final_dot = "never",
  text = { form = "plain" },
  underscore_cname = true,

  ttl = { default = 3600 },

  api = { available = false },
  help = "https://help.shopify.com/en/manual/domains",

  source = { "public code suffix shopify.com" },
  checked_on = "2026-11-22",
  confidence = "third-party",
  less_sure = { name_servers = "general-knowledge" },
}
