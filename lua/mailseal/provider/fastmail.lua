--- What Fastmail wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.fastmail
return {
  id = "fastmail",
  name = "Fastmail",
  source = {
    "https://www.fastmail.help/hc/en-us/articles/360060591153",
    "https://mailflowauthority.com/email-authentication/fastmail-email-auth",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  records = {
    {
      id = "dkim1", type = "CNAME", name = "fm1._domainkey.{domain}", target = "fm1.{domain}.dkim.fmhosted.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "fm2._domainkey.{domain}", target = "fm2.{domain}.dkim.fmhosted.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dkim3", type = "CNAME", name = "fm3._domainkey.{domain}", target = "fm3.{domain}.dkim.fmhosted.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "mx1", type = "MX", name = "{domain}", value = "10 in1-smtp.messagingengine.com", purpose = "inbound", required = true,
      match = "mx",
    },
    {
      id = "mx2", type = "MX", name = "{domain}", value = "20 in2-smtp.messagingengine.com", purpose = "inbound", required = true,
      match = "mx",
    },
    {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 include:spf.messagingengine.com ?all",
      include = "spf.messagingengine.com",
      purpose = "spf", required = true, match = "spf_include",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = false,
      match = "dmarc_any_valid",
    },
  },
  automatic = "All of it, where the name servers are ns1.messagingengine.com and ns2.messagingengine.com.",
}
