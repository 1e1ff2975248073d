local zones = require "spec.support.zones"

return {
  title = "a CNAME with the beginning of a key for its target",
  line = "a TXT record's text pasted into a CNAME",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { {
      type = "CNAME", data = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAw6enp6enp6enp6enp6e.example.com.",
    } },
  },
  check = { domain = "example.com", only = { "dkim" }, selectors = { "s1" } },
  findings = {
    {
      code = "record_text_in_cname",
      severity = "error",
      aspect = "dkim",
      name = "s1._domainkey.example.com",
      record = "s1",
      found = "miibijanbgkqhkig9w0baqefaaocaq8amiibcgkcaqeaw6enp6enp6enp6enp6e.example.com",
      fix = "Remove the CNAME record, and make a TXT record of the same name, with the text as it was given to "
        .. "you for its value.",
    },
  },
  status = "error",
  records = {
    s1 = { name = "s1._domainkey.example.com", type = "TXT", status = "mismatch", findings = { "record_text_in_cname" } },
  },
}
