--- What Lettermint wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.lettermint
return {
  id = "lettermint",
  name = "Lettermint",
  source = {
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): lettermint.co.mail",
    "https://docs.lettermint.co/platform/domains/introduction",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    key = { text = "the DKIM record", issued_by = "provider", form = "key", where = "under Domains, the domain" },
  },
  records = {
    {
      id = "return_path", type = "CNAME", name = "lm-bounces.{domain}", target = "bounces.lmta.net", purpose = "return_path",
      required = true, match = "cname_target",
    },
    {
      id = "dkim", type = "TXT", name = "lettermint._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=reject", purpose = "dmarc", required = true,
      match = "dmarc_any_valid",
    },
  },
  advice = {
    { code = "moving_to_cnames", text = "Lettermint is moving to two CNAMEs for DKIM: publish what its panel shows." },
  },
}
