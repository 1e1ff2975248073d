--- What HubSpot wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.hubspot
return {
  id = "hubspot",
  name = "HubSpot",
  source = {
    "https://knowledge.hubspot.com/email/do-i-need-to-add-hubspot-to-our-spf-record",
    "https://knowledge.hubspot.com/domains-and-urls/connect-your-email-sending-domain",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): hubspot.com.hubspot-email-domain",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["target patterns"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    portal = {
      text = "the account's number (Hub ID)", issued_by = "provider", pattern = "%d+", example = "1234567",
      where = "under Settings, Domains & URLs, in the names of the CNAMEs",
    },
    n = {
      text = "the number behind hs in the targets", issued_by = "provider", pattern = "%d+", example = "04",
      where = "in the targets of the CNAMEs",
    },
    spf = {
      text = "the number behind spf in the SPF include", issued_by = "provider", pattern = "%d+", example = "05", optional = true,
      where = "under Settings, Domains & URLs, in the SPF record",
    },
  },
  records = {
    {
      id = "dkim1", type = "CNAME", name = "hs1-{portal}._domainkey.{domain}", target = "{domain_dashed}.hs{n}a.dkim.hubspotemail.net",
      purpose = "dkim", required = true, match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "hs2-{portal}._domainkey.{domain}", target = "{domain_dashed}.hs{n}b.dkim.hubspotemail.net",
      purpose = "dkim", required = true, match = "cname_target",
    },
    {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 include:{portal}.spf{spf}.hubspotemail.net ~all",
      include = "{portal}.spf{spf}.hubspotemail.net", purpose = "spf", required = false, match = "spf_include",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = true,
      match = "dmarc_any_valid",
    },
  },
  window = 80 * 60,
  advice = {
    { code = "no_proxy", text = "At Cloudflare, turn the proxy off for these CNAMEs, and the flattening of all CNAMEs for the zone." },
  },
}
