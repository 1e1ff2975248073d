local zones = require "spec.support.zones"

return {
  title = "a text given to a CNAME for its target",
  line = "a TXT record's text pasted into a CNAME",
  zone = zones.plain {
    ["_mailseal.example.com"] = { { type = "CNAME", data = "v=spf1\\032include:spf.provider.example.example.com." } },
  },
  check = {
    domain = "example.com", only = { "expected" },
    expect = {
      { id = "ownership", match = "exact", name = "_mailseal.example.com", value = "v=spf1 include:spf.provider.example" },
    },
  },
  findings = {
    {
      code = "record_text_in_cname",
      severity = "error",
      aspect = "expected",
      name = "_mailseal.example.com",
      record = "ownership",
      expected = "v=spf1 include:spf.provider.example",
      found = "v=spf1 include:spf.provider.example.example.com",
      fix = "Remove the CNAME record, and make a TXT record of the same name, with the text as it was given to "
        .. "you for its value.",
    },
  },
  status = "error",
  records = {
    ownership = { name = "_mailseal.example.com", type = "TXT", status = "mismatch", findings = { "record_text_in_cname" } },
  },
}
