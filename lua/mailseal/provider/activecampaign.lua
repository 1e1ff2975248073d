--- What ActiveCampaign wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.activecampaign
return {
  id = "activecampaign",
  name = "ActiveCampaign",
  source = {
    "https://help.activecampaign.com/hc/en-us/articles/5955748151964",
    "https://help.activecampaign.com/hc/en-us/articles/206903370",
    "https://www.senderclarity.com/guides/activecampaign-spf-dkim-dmarc-setup",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["exact values"] = "third-party",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    n = {
      text = "the number behind acems in the targets", issued_by = "provider", pattern = "%d+", default = "1", where = "in the targets",
    },
    em = {
      text = "the label of the mail server domain", issued_by = "customer", example = "em", optional = true,
    },
    account = {
      text = "the account's name, before .activehosted.com", issued_by = "provider", example = "acme", optional = true,
      where = "in the address of the panel",
    },
  },
  records = {
    {
      id = "dkim1", type = "CNAME", name = "acdkim1._domainkey.{domain}", target = "dkim.acdkim1.acems{n}.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "acdkim2._domainkey.{domain}", target = "dkim.acdkim2.acems{n}.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "mail_server", type = "CNAME", name = "{em}.{domain}", target = "{account}.activehosted.com", purpose = "return_path",
      required = false, match = "cname_target",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = true,
      match = "dmarc_any_valid",
    },
  },
  advice = {
    { code = "domain_age", text = "The domain is to be older than 30 days, with a website and MX records." },
  },
}
