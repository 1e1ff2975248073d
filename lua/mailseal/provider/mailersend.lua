--- What MailerSend wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.mailersend
return {
  id = "mailersend",
  name = "MailerSend",
  source = {
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): mailersend.com.mailersend-email-new",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["SPF include"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    selector = { text = "the selector", issued_by = "provider", example = "mlsend2", where = "under Domains, the domain, DNS records" },
    target = {
      text = "the target of the DKIM CNAME", issued_by = "provider", form = "name", example = "mlsend2._domainkey.example.net",
      where = "beside the selector",
    },
    return_path = { text = "the label of the return path's name", issued_by = "customer", example = "mta", optional = true },
    return_path_target = {
      text = "the target of that CNAME", issued_by = "provider", form = "name", example = "mta.example.net", optional = true,
      where = "beside it",
    },
    track = { text = "the label of the name for tracked links", issued_by = "customer", example = "email", optional = true },
    track_target = {
      text = "the target of that CNAME", issued_by = "provider", form = "name", example = "links.example.net", optional = true,
      where = "beside it",
    },
    inbound = {
      text = "the label of the name for mail that is to be received", issued_by = "customer", example = "inbound", optional = true,
    },
  },
  records = {
    {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 include:_spf.mailersend.net ~all", include = "_spf.mailersend.net",
      purpose = "spf", required = true, match = "spf_include",
    },
    {
      id = "dkim", type = "CNAME", name = "{selector}._domainkey.{domain}", target = "{target}", purpose = "dkim", required = true,
      match = "cname_target",
    },
    {
      id = "return_path", type = "CNAME", name = "{return_path}.{domain}", target = "{return_path_target}", purpose = "return_path",
      required = false, match = "cname_target",
    },
    {
      id = "tracking", type = "CNAME", name = "{track}.{domain}", target = "{track_target}", purpose = "links", required = false,
      match = "cname_target",
    },
    {
      id = "inbound", type = "MX", name = "{inbound}.{domain}", value = "10 inbound.mailersend.net", purpose = "inbound",
      required = false, match = "mx",
    },
  },
}
