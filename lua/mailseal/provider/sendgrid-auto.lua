--- What Twilio SendGrid - Automated Security on wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.sendgrid-auto
return {
  id = "sendgrid-auto",
  name = "Twilio SendGrid - Automated Security on",
  aliases = { "sendgrid", "twilio-sendgrid" },
  source = {
    "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/how-to-set-up-domain-authentication",
    "https://www.twilio.com/docs/sendgrid/api-reference/link-branding/create-a-branded-link (links in the EU)",
    "Coldletter guide to DKIM (s1 example)",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): sendgrid.com.domain-auth",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): stytch.com.email",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["EU target suffix, link records exact targets"] = "general-knowledge",
    ["the words for statuses"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  values = { zone = "sendgrid.net" },
  vars = {
    em = {
      text = "the label of the return path's name", issued_by = "provider", pattern = "[%l%d-]+", example = "em1234",
      where = "under Settings, Sender Authentication, the domain, in the first CNAME",
    },
    user = {
      text = "the account's label in the targets, a u and its number", issued_by = "provider", pattern = "u%d+", example = "u1234567",
      where = "in the targets of the CNAMEs",
    },
    wl = {
      text = "the label behind the account's", issued_by = "provider", pattern = "wl%d*", example = "wl123",
      where = "in the targets of the CNAMEs",
    },
    selectors = { text = "the two selectors", issued_by = "customer", count = 2, default = { "s1", "s2" } },
    url = {
      text = "the label of the name for branded links", issued_by = "provider", pattern = "[%l%d-]+", example = "url1234",
      where = "under Settings, Sender Authentication, Link Branding", optional = true,
    },
    account = {
      text = "the account's number, for branded links", issued_by = "provider", pattern = "%d+", example = "1234567",
      where = "under Settings, Sender Authentication, Link Branding", optional = true,
    },
  },
  records = {
    {
      id = "em", type = "CNAME", name = "{em}.{domain}", target = "{user}.{wl}.{zone}", purpose = "return_path", required = true,
      match = "cname_target",
    },
    {
      id = "dkim1", type = "CNAME", name = "{selectors.1}._domainkey.{domain}", target = "{selectors.1}.domainkey.{user}.{wl}.{zone}",
      purpose = "dkim", required = true, match = "cname_target",
    },
    {
      id = "dkim2", type = "CNAME", name = "{selectors.2}._domainkey.{domain}", target = "{selectors.2}.domainkey.{user}.{wl}.{zone}",
      purpose = "dkim", required = true, match = "cname_target",
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = true,
      match = "dmarc_any_valid",
    },
    {
      id = "link", type = "CNAME", name = "{url}.{domain}", target = "{zone}", purpose = "links", required = false,
      match = "cname_target",
    },
    {
      id = "link_owner", type = "CNAME", name = "{account}.{domain}", target = "{zone}", purpose = "links", required = false,
      match = "cname_target",
    },
  },
  statuses = { pending = "Pending", verified = "Verified" },
  window = 48 * 3600,
  retry = "Press Verify.",
  variants = {
    automatic = { text = "Automated Security on: the usual one" },
    eu = { text = "an account in the EU", values = { zone = "eu.sendgrid.net" } },
    manual = { text = "Automated Security off: an MX and two TXT records", rule = "sendgrid-manual", chosen_by = "key" },
  },
  advice = {
    { code = "underscores", text = "Where the DNS host takes no underscores in the names of CNAMEs, use the variant manual." },
    { code = "spf_inside", text = "SPF is behind the CNAME of the return path: no record of your own needs to include SendGrid." },
  },
}
