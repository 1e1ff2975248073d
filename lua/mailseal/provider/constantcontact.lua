--- What Constant Contact (CNAME) wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.constantcontact
return {
  id = "constantcontact",
  name = "Constant Contact (CNAME)",
  source = {
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): constantcontact.com.email",
    "https://trustyourinbox.com/kb/source-configuration/constant-contact",
    "https://portal.tangent.com/knowledgebase/article/KA-01019/en-us",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    selectors = {
      text = "the two selectors", issued_by = "provider", count = 2, example = { "100", "200" },
      where = "under My Settings, Advanced settings, Self-authentication",
    },
    tokens = {
      text = "the first labels of the two targets", issued_by = "provider", count = 2, example = { "abc", "def" },
      where = "in the targets",
    },
    zone = {
      text = "the end of the targets", issued_by = "provider", form = "name", pattern = "[%l%d]*send%.com", default = "ccsend.com",
      where = "in the targets",
    },
  },
  records = {
    {
      id = "dkim1", type = "CNAME", name = "{selectors.1}._domainkey.{domain}", target = "{tokens.1}._domainkey.dkim1.{zone}",
      purpose = "dkim", required = true, match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "{selectors.2}._domainkey.{domain}", target = "{tokens.2}._domainkey.dkim2.{zone}",
      purpose = "dkim", required = true, match = "cname_target",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = false,
      match = "dmarc_any_valid",
    },
  },
  advice = {
    { code = "activate", text = "When the records are there, press Activate." },
    {
      code = "several_accounts",
      text = "Where several accounts send from one domain, Constant Contact has TXT records in place of the CNAMEs.",
    },
  },
}
