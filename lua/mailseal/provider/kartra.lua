--- What Kartra (KartraMail) wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.kartra
return {
  id = "kartra",
  name = "Kartra (KartraMail)",
  source = {
    "Kartra help: set up DKIM manually; email authentication explained",
    "https://support.kartra.com/support/solutions/articles/153000172691-set-up-dkim-manually",
    "https://support.kartra.com/support/solutions/articles/153000172687-email-authentication-explained",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["target pattern"] = "unknown",
    ["token regex (only example sk48392)"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  vars = {
    hosts = {
      text = "the three names in the column Host", issued_by = "provider", form = "name", pattern = "[%l%d]+[%l%d._-]*", count = 3,
      where = "under Settings, Domains & emails, Authenticate domain, Manual", example = { "sk48392", "sk48393", "sk48394" },
    },
    targets = {
      text = "the three names in the column Points to, in the order of the hosts", issued_by = "provider", form = "name", count = 3,
      where = "beside the hosts", example = { "sk48392.dkim.example.net", "sk48393.dkim.example.net", "sk48394.dkim.example.net" },
    },
    registrar = {
      text = "where the domain was bought", issued_by = "customer", choices = { "elsewhere", "kartra" }, default = "elsewhere",
    },
    setup = {
      text = "does Kartra set the records itself, as it does at the DNS hosts that it supports, or are they set by hand?",
      issued_by = "customer", choices = { "manual", "automatic" }, default = "manual",
    },
    smtp = {
      text = "the service that sends the mail", issued_by = "customer", default = "kartra",
      choices = { "kartra", "sendgrid", "mailgun", "postmark", "elasticemail" },
    },
  },
  records = {
    {
      id = "dkim1", type = "CNAME", name = "{hosts.1}.{domain}", target = "{targets.1}", purpose = "dkim", required = true,
      match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "{hosts.2}.{domain}", target = "{targets.2}", purpose = "dkim", required = true,
      match = "cname_target",
    },
    {
      id = "dkim3", type = "CNAME", name = "{hosts.3}.{domain}", target = "{targets.3}", purpose = "dkim", required = true,
      match = "cname_target",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = false,
      match = "dmarc_any_valid",
    },
  },
  statuses = { pending = "Pending validation", verified = "Connected" },
  window = 24 * 3600,
  retry = "Kartra looks again by itself after Finish was pressed.",
  automatic = "At DNS hosts that Kartra supports it sets the records itself; the manual way is for the others.",
  not_applicable = {
    { when = { registrar = "kartra" }, text = "a domain bought in Kartra (its DNS is at IONOS) is authenticated already." },
    { when = { setup = "automatic" }, text = "where Kartra supports the DNS host it sets the records itself." },
    { when = { smtp = "sendgrid" }, text = "where SendGrid sends, DKIM is set up there.", see = "sendgrid-auto" },
    { when = { smtp = "mailgun" }, text = "where Mailgun sends, DKIM is set up there.", see = "mailgun" },
    { when = { smtp = "postmark" }, text = "where Postmark sends, DKIM is set up there.", see = "postmark" },
    { when = { smtp = "elasticemail" }, text = "where Elastic Email sends, DKIM is set up there.", see = "elasticemail" },
  },
  advice = {
    { code = "automatic_setup", text = "Where Kartra supports your DNS host, its automatic set-up is the better way." },
    { code = "confirm", text = "When the records are there, tick the confirmation in Kartra and press Finish." },
    { code = "each_domain", text = "Each domain that mail is sent from is authenticated by itself: {domain} covers no other." },
    { code = "dkim_required", text = "DKIM is required; mail without it may not be sent, or be rejected." },
    { code = "no_spf", text = "No SPF record is needed for Kartra: its own gateway has one." },
    {
      code = "spf_of_smtp",
      text = "With an SMTP service of your own DKIM is required all the same, and the SPF record of {domain} must include its servers.",
    },
    { code = "no_free_mailbox", text = "Mail is sent from a domain of your own: Kartra takes no address of a free mailbox." },
  },
}
