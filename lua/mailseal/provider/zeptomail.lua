--- What Zoho ZeptoMail wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.zeptomail
return {
  id = "zeptomail",
  name = "Zoho ZeptoMail",
  source = {
    "https://www.zoho.com/zeptomail/help/domains.html",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    selector = { text = "the selector", issued_by = "provider", example = "12345", where = "under Domains, the domain" },
    key = { text = "the DKIM record", issued_by = "provider", form = "key", where = "beside the selector" },
    bounce = {
      text = "the label of the bounce address's name", issued_by = "provider", example = "bounce-zem",
      where = "under Domains, the domain",
    },
    target = {
      text = "the target of that CNAME", issued_by = "provider", form = "name", example = "cluster89.example.net", where = "beside it",
    },
  },
  records = {
    {
      id = "dkim", type = "TXT", name = "{selector}._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
    {
      id = "bounce", type = "CNAME", name = "{bounce}.{domain}", target = "{target}", purpose = "return_path", required = true,
      match = "cname_target",
    },
  },
  advice = {
    { code = "no_spf", text = "No SPF record is needed: the CNAME has it." },
    { code = "not_edited", text = "A domain that is verified cannot be edited." },
  },
}
