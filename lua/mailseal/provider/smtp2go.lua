--- What SMTP2GO wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.smtp2go
return {
  id = "smtp2go",
  name = "SMTP2GO",
  source = {
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): goentri.com.smtp2go",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): mailbluster.com.sender-verification-smtp2go",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["record names"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    number = {
      text = "the number behind em and s in the names", issued_by = "provider", pattern = "%d+", example = "123456",
      where = "under Sending, Verified Senders, Sender domains",
    },
  },
  records = {
    {
      id = "return_path", type = "CNAME", name = "em{number}.{domain}", target = "return.smtp2go.net", purpose = "return_path",
      required = true, match = "cname_target",
    },
    {
      id = "dkim", type = "CNAME", name = "s{number}._domainkey.{domain}", target = "dkim.smtp2go.net", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "tracking", type = "CNAME", name = "link.{domain}", target = "track.smtp2go.net", purpose = "links", required = true,
      match = "cname_target",
    },
  },
}
