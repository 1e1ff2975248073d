local zones = require "spec.support.zones"

return {
  title = "a CNAME with the text of a key record for its target",
  line = "a TXT record's text pasted into a CNAME",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "CNAME", data = "v=DKIM1\\059\\032k=rsa\\059\\032p=MIGfMA0GCSqGSIb3DQ.example.com." } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "record_text_in_cname",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "v=dkim1; k=rsa; p=migfma0gcsqgsib3dq.example.com",
      fix = "Remove the CNAME record, and make a TXT record of the same name, with the text as it was given to "
        .. "you for its value.",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "mismatch", findings = { "record_text_in_cname" } },
  },
}
