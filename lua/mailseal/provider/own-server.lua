--- What Own mail server wants published: a rule, see `mailseal.rules.provider`.
-- @module mailseal.provider.own-server
return {
  id = "own-server",
  name = "Own mail server",
  aliases = { "own" },
  source = {
    "Coldletter guide to DKIM",
    "RFC 6376, 7208, 8301, 8463",
  },
  checked_on = "2026-11-22",
  confidence = "confirmed",
  less_sure = {
    ["the words for statuses"] = "general-knowledge",
  },
  generates = "key",
  key = { least = 1024, usual = 2048 },
  vars = {
    selector = { text = "the selector", issued_by = "mailseal", example = "s2026a" },
    key_record = { text = "the record of the key that mailseal made", issued_by = "mailseal", form = "key" },
    mx = {
      text = "the name of the mail server, where it receives as well", issued_by = "customer", form = "name", example = "mx.example.net",
      optional = true,
    },
    spf = {
      text = "the SPF record that lets the server send", issued_by = "customer", form = "text", pattern = "v=spf1 .+",
      default = "v=spf1 mx -all",
    },
  },
  records = {
    {
      id = "dkim", type = "TXT", name = "{selector}._domainkey.{domain}", value = "{key_record}", purpose = "dkim", required = true,
      match = "dkim_key",
    },
    { id = "spf", type = "TXT", name = "{domain}", value = "{spf}", purpose = "spf", required = true, match = "spf_include" },
    { id = "mx", type = "MX", name = "{domain}", value = "10 {mx}", purpose = "inbound", required = false, match = "mx" },
    {
      id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = false,
      match = "dmarc_any_valid",
    },
  },
  statuses = { pending = "pending", verified = "verified", failed = "failed" },
  window = 48 * 3600,
  variants = {
    cname = {
      text = "the key stands in a zone of the operator's, and a CNAME leads to it", chosen_by = "cname_zone",
      vars = {
        cname_zone = {
          text = "the zone in which the operator publishes keys", issued_by = "mailseal", form = "name", example = "dkim.example.net",
        },
        cname_label = {
          text = "the label of the key's name there, which nobody can guess", issued_by = "mailseal", pattern = "[%l%d]+",
          example = "k7q2m4x9w3v8t6z1y5n0p2r4s6",
        },
      },
      records = {
        {
          id = "dkim", type = "CNAME", name = "{selector}._domainkey.{domain}", target = "{cname_label}.{cname_zone}", purpose = "dkim",
          required = true, match = "cname_target",
        },
        { id = "spf", type = "TXT", name = "{domain}", value = "{spf}", purpose = "spf", required = true, match = "spf_include" },
        { id = "mx", type = "MX", name = "{domain}", value = "10 {mx}", purpose = "inbound", required = false, match = "mx" },
        {
          id = "dmarc", type = "TXT", name = "_dmarc.{domain}", value = "v=DMARC1; p=none", purpose = "dmarc", required = false,
          match = "dmarc_any_valid",
        },
      },
    },
  },
  advice = {
    { code = "reverse", text = "The server's address needs a name (PTR) that leads back to it, and that the server says in HELO." },
    { code = "test_message", text = "Send a test message, and look for dkim=pass in its Authentication-Results." },
    { code = "patience", text = "Allow 48 hours, and the TTL of what was there before." },
  },
}
