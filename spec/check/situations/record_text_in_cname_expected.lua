local zones = require "spec.support.zones"

return {
  title = "a CNAME with the text of a key record for its target, where another target is expected",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "CNAME", data = "v=DKIM1\\059\\032k=rsa\\059\\032p=MIGfMA0GCSqGSIb3DQ.example.com." } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { { id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1.dkim.provider.example" } },
  },
  findings = {
    {
      code = "record_text_in_cname",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "one",
      expected = "s1.dkim.provider.example",
      found = "v=dkim1; k=rsa; p=migfma0gcsqgsib3dq.example.com",
      fix = "Remove the CNAME record, and make a TXT record of the same name, with the text as it was given to "
        .. "you for its value.",
    },
  },
  status = "error",
  records = {
    one = {
      name = "s1._domainkey.example.com", type = "CNAME", status = "mismatch",
      findings = { "record_text_in_cname" }, found = "v=dkim1\\059\\032k=rsa\\059\\032p=migfma0gcsqgsib3dq.example.com",
    },
  },
}
