local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a CNAME to a target that is as right as the one expected",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "CNAME", data = "s1-example-com._domainkey.old.example." } },
    ["s1-example-com._domainkey.old.example"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { {
      id = "one", match = "cname_target", name = "s1._domainkey.example.com", target = "s1-example-com._domainkey.new.example",
      pattern = "s1%-example%-com%._domainkey%.%l+%.example",
    } },
  },
  findings = {},
  status = "ok",
  records = { one = { status = "found", expected = "s1-example-com._domainkey.new.example" } },
}
