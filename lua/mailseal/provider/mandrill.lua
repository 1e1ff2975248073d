--- What Mailchimp Transactional (Mandrill) wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.mandrill
return {
  id = "mandrill",
  name = "Mailchimp Transactional (Mandrill)",
  aliases = { "mailchimp-transactional" },
  source = {
    "https://mailchimp.com/developer/transactional/docs/authentication-delivery/",
    "https://wisdomhub.staffino.com (customer doc with values)",
    "https://mxio.io/providers/mandrill",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["exact CNAME values"] = "third-party",
    ["mandrill_verify TXT"] = "general-knowledge",
    ["the words for statuses"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    code = {
      text = "what stands behind mandrill_verify.", issued_by = "provider", form = "text", pattern = "[%w_-]+", example = "aBcD1234efGH",
      where = "under Settings, Domains, Sending Domains", optional = true,
    },
  },
  records = {
    {
      id = "dkim1", type = "CNAME", name = "mte1._domainkey.{domain}", target = "dkim1.mandrillapp.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "mte2._domainkey.{domain}", target = "dkim2.mandrillapp.com", purpose = "dkim",
      required = true, match = "cname_target",
    },
    {
      id = "verification", type = "TXT", name = "{domain}", value = "mandrill_verify.{code}", purpose = "ownership", required = false,
      match = "exact",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = true,
      match = "dmarc_any_valid",
    },
  },
  statuses = { pending = "DKIM not valid", verified = "DKIM valid" }, -- dkim.valid of the API
  retry = "Press Test DNS Settings, or call senders/check-domain.",
  advice = {
    { code = "verify", text = "A domain is verified by a message to an address in it as well, before it may send." },
    { code = "no_spf", text = "No SPF record is needed any more." },
    { code = "unsigned_rejected", text = "Mail from a domain without DKIM and DMARC is rejected." },
  },
}
