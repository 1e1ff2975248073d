--- What Loops wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.loops
return {
  id = "loops",
  name = "Loops",
  source = {
    "https://loops.so/docs/deliverability/dmarc-dkim-setup",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["SES targets"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    region = {
      text = "the AWS region that the account sends from", issued_by = "provider", pattern = "%l%l[%l-]*%-%d+", example = "eu-west-1",
      where = "under Settings, Domain, in the value of the MX record",
    },
    tokens = {
      text = "the three DKIM tokens", issued_by = "provider", pattern = "[%l%d]+", count = 3,
      where = "under Settings, Domain, in the names of the CNAMEs",
      example = { "abc", "def", "ghi" },
    },
  },
  records = {
    {
      id = "mx", type = "MX", name = "envelope.{domain}", value = "10 feedback-smtp.{region}.amazonses.com", purpose = "return_path",
      required = true, match = "mx",
    },
    {
      id = "spf", type = "TXT", name = "envelope.{domain}", value = "v=spf1 include:amazonses.com ~all", include = "amazonses.com",
      purpose = "spf", required = true, match = "spf_include",
    },
    {
      id = "dkim1", type = "CNAME", name = "{tokens.1}._domainkey.{domain}", target = "{tokens.1}.dkim.amazonses.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "{tokens.2}._domainkey.{domain}", target = "{tokens.2}.dkim.amazonses.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dkim3", type = "CNAME", name = "{tokens.3}._domainkey.{domain}", target = "{tokens.3}.dkim.amazonses.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = false,
      match = "dmarc_any_valid",
    },
  },
  advice = {
    { code = "hand_over", text = "Loops makes a link with which somebody else can set the records." },
  },
}
