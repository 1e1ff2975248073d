--- What Coldletter wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.coldletter
return {
  id = "coldletter",
  name = "Coldletter",
  source = {
    "Coldletter guide to DKIM",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["selectors and targets"] = "unknown",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    selector = { text = "the selector", issued_by = "provider", example = "s1", where = "in the domain's DNS settings" },
    key = { text = "the DKIM record", issued_by = "provider", form = "key", where = "in the domain's DNS settings" },
  },
  records = {
    {
      id = "dkim", type = "TXT", name = "{selector}._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
  },
  window = 48 * 3600,
  variants = {
    cname = {
      text = "a CNAME to the key, in place of the key", chosen_by = "target",
      vars = {
        target = {
          text = "the target of the CNAME", issued_by = "provider", form = "name", example = "s1.dkim.example.net",
          where = "in the domain's DNS settings",
        },
      },
      records = {
        {
          id = "dkim", type = "CNAME", name = "{selector}._domainkey.{domain}", target = "{target}", purpose = "dkim", required = true,
          match = "cname_target",
        },
      },
    },
  },
}
