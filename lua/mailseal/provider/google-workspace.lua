--- What Google Workspace wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.google-workspace
return {
  id = "google-workspace",
  name = "Google Workspace",
  aliases = { "google", "gsuite" },
  source = {
    "https://support.google.com/a/answer/174124 (mirrored text)",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): google.com.gmail-setup",
    "github.com/Domain-Connect/Templates (commit e002d91e, 2026-08-20): google.com.domain-verification",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["the words for statuses"] = "general-knowledge",
    ["where the provider shows its values"] = "general-knowledge",
  },
  key = { least = 1024, usual = 2048 },
  vars = {
    selector = { text = "the selector (prefix) that was chosen", issued_by = "customer", default = "google" },
    key = {
      text = "the DKIM record", issued_by = "provider", form = "key",
      where = "in the Admin console under Apps, Google Workspace, Gmail, Authenticate email",
    },
    token = {
      text = "what stands behind google-site-verification=", issued_by = "provider", form = "text", pattern = "[%w_-]+",
      example = "rXOxyZounnZasA8Z7oaD3c14JdjS9aKSWvsR1EbUSIQ", where = "in the Admin console, when the domain is added", optional = true,
    },
    inbound = {
      text = "does Google receive the mail to this domain?", issued_by = "customer", choices = { "no", "yes" }, default = "no",
    },
  },
  records = {
    {
      id = "verification", type = "TXT", name = "{domain}", value = "google-site-verification={token}", purpose = "ownership",
      required = true, match = "exact", note = "Of several ways to prove the domain; it may also be verified already.",
    },
    {
      id = "dkim", type = "TXT", name = "{selector}._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
    {
      id = "spf", type = "TXT", name = "{domain}", value = "v=spf1 include:_spf.google.com ~all", include = "_spf.google.com",
      purpose = "spf", required = true, match = "spf_include",
    },
    {
      id = "mx", type = "MX", name = "{domain}", value = "1 smtp.google.com", purpose = "inbound", required = false, match = "mx",
      when = { inbound = "yes" }, alternatives = {
        {
          "aspmx.l.google.com", "alt1.aspmx.l.google.com", "alt2.aspmx.l.google.com", "alt3.aspmx.l.google.com",
          "alt4.aspmx.l.google.com",
        },
      },
    },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = false,
      match = "dmarc_any_valid",
    },
  },
  statuses = { pending = "Not authenticating email", verified = "Authenticating email with DKIM" },
  window = 48 * 3600,
  retry = "Press Start authentication again when the record is there.",
  advice = {
    { code = "start", text = "The record is not enough: press Start authentication in the Admin console." },
    { code = "short_key", text = "Where the DNS host takes no more than 255 characters, Google offers a key of 1024 bits." },
    { code = "many_texts", text = "Keep to 49 TXT records at {domain} at most." },
  },
}
