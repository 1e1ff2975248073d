--- What Keap (current, 3 CNAME) wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.keap
return {
  id = "keap",
  name = "Keap (current, 3 CNAME)",
  source = {
    "https://help.keap.com/help/dmarc",
    "https://help.infusionsoft.com/hc/en-us/articles/44583193448077",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["exact token and target patterns"] = "unknown",
    ["the words for statuses"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    tokens = {
      text = "the first labels of the three names", issued_by = "provider", count = 3,
      where = "under Settings, Domains, Authenticate", example = { "token1", "token2", "token3" },
    },
    targets = {
      text = "the three targets, in the order of the tokens", issued_by = "provider", form = "name", count = 3,
      where = "beside the names",
      example = { "token1.dkim.example.net", "token2.dkim.example.net", "token3.dkim.example.net" },
    },
  },
  records = {
    {
      id = "dkim1", type = "CNAME", name = "{tokens.1}._domainkey.{domain}", target = "{targets.1}", purpose = "dkim", required = true,
      match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "{tokens.2}._domainkey.{domain}", target = "{targets.2}", purpose = "dkim", required = true,
      match = "cname_target",
    },
    {
      id = "dkim3", type = "CNAME", name = "{tokens.3}._domainkey.{domain}", target = "{targets.3}", purpose = "dkim", required = true,
      match = "cname_target",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = true,
      match = "dmarc_any_valid",
    },
  },
  statuses = { pending = "not verified", verified = "verified", failed = "retry validation" },
  retry = "Press Verify again when the records are there.",
  variants = {
    legacy = {
      text = "one CNAME, with a UUID for its first label: accounts that have not been moved yet", rule = "keap-legacy",
      chosen_by = "uuid",
    },
  },
  advice = {
    { code = "dns_host", text = "The wizard asks for the DNS host first: choose it from the list." },
    { code = "no_spf", text = "SPF and the return path are Keap's own: no record is needed for them." },
    { code = "one_dmarc", text = "Look whether {domain} has a DMARC record already: there must not be two." },
    { code = "signs_when_verified", text = "Keap signs only when its verification has succeeded." },
  },
}
