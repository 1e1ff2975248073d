--- What Klaviyo branded domain - dynamic routing wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.klaviyo-dynamic
return {
  id = "klaviyo-dynamic",
  name = "Klaviyo branded domain - dynamic routing",
  source = {
    "https://help.klaviyo.com/hc/en-us/articles/115000357752",
    "https://help.klaviyo.com/hc/en-us/articles/50941715515675",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    send = { text = "the label of the branded sending subdomain", issued_by = "customer", example = "send" },
    name_servers = {
      text = "the name servers that the subdomain is delegated to", issued_by = "provider", form = "name", least = 2, most = 8,
      where = "under Settings, Domains, Branded sending domains",
      example = { "ns1.kl.example.net", "ns2.kl.example.net", "ns3.kl.example.net" },
    },
  },
  records = {
    {
      id = "ns", type = "NS", name = "{send}.{domain}", value = "{name_servers}", purpose = "delegation", required = true,
      match = "ns_delegation", each = "name_servers",
    },
  },
  advice = {
    { code = "ns_below", text = "The DNS host must allow NS records for a subdomain." },
  },
}
