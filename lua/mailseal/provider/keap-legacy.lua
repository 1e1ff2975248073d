--- What Keap / Infusionsoft (single CNAME) wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.keap-legacy
return {
  id = "keap-legacy",
  name = "Keap / Infusionsoft (single CNAME)",
  aliases = { "infusionsoft" },
  source = {
    "Infusionsoft (Keap) help: DKIM",
    "https://help.infusionsoft.com/help/dkim",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    uuid = {
      text = "the first label of the record's name", issued_by = "provider",
      where = "under Marketing, Settings, Email Authentication, Domains",
      pattern = "%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x",
      example = "0b8a5c1e-4f6d-4c0a-9a57-3f2b6c7d8e90",
    },
  },
  records = {
    {
      id = "dkim", type = "CNAME", name = "{uuid}._domainkey.{domain}", target = "dkim.infusionmail.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
  },
  statuses = { pending = "not verified", verified = "verified", failed = "retry validation" },
  retry = "Press Retry Validation when the TTL of the record is over, which can take hours.",
  migrations = {
    {
      record = "dkim", from = "infusionmail.com", to = "dkim.infusionmail.com", before = "2017-01-17",
      text = "Change the target of the CNAME of each domain that was verified before that day, and validate each of them again.",
    },
  },
  advice = {
    { code = "signs_when_verified", text = "Keap signs only when its verification has succeeded." },
    { code = "incompatible_hosts", text = "Some DNS hosts cannot publish this record: a CNAME with an underscore in its name." },
    { code = "each_domain", text = "The domains are those of the users' mail addresses; each is verified by itself." },
  },
}
