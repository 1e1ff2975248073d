--- What Klaviyo branded domain - static routing wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.klaviyo-static
return {
  id = "klaviyo-static",
  name = "Klaviyo branded domain - static routing",
  aliases = { "klaviyo" },
  source = {
    "https://help.klaviyo.com/hc/en-us/articles/4417768780827",
    "https://help.klaviyo.com/hc/en-us/articles/50941715515675",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["kl/kl2 names"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    send = {
      text = "the label of the branded sending subdomain, unused so far", issued_by = "customer", example = "send",
    },
    targets = {
      text = "the targets of the three CNAMEs", issued_by = "provider", form = "name", count = 3,
      where = "under Settings, Domains, Branded sending domains",
      example = { "u1.kl.example.net", "kl.kl.example.net", "kl2.kl.example.net" },
    },
    token = {
      text = "the text of the TXT record", issued_by = "provider", form = "text", example = "klaviyo-site-verification=AbCdEf",
      where = "beside the CNAMEs",
    },
  },
  records = {
    {
      id = "send", type = "CNAME", name = "{send}.{domain}", target = "{targets.1}", purpose = "return_path", required = true,
      match = "cname_target",
    },
    {
      id = "dkim1", type = "CNAME", name = "kl._domainkey.{send}.{domain}", target = "{targets.2}", purpose = "dkim", required = true,
      match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "kl2._domainkey.{send}.{domain}", target = "{targets.3}", purpose = "dkim", required = true,
      match = "cname_target",
    },
    { id = "verification", type = "TXT", name = "{domain}", value = "{token}", purpose = "ownership", required = true, match = "exact" },
  },
  window = 48 * 3600,
  variants = {
    dynamic = { text = "dynamic routing: the subdomain is delegated to Klaviyo", rule = "klaviyo-dynamic", chosen_by = "name_servers" },
  },
  advice = {
    { code = "apply", text = "Verified is not in use yet: press Apply domain." },
    { code = "unused_subdomain", text = "The subdomain must be unused." },
  },
}
