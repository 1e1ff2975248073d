local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

return {
  title = "a CNAME of which no more than the form of its target is known",
  zone = zones.plain {
    ["s1._domainkey.example.com"] = { { type = "CNAME", data = "s1.domainkey.u12.wl3.provider.example." } },
    ["s1.domainkey.u12.wl3.provider.example"] = { { type = "TXT", data = texts.good } },
  },
  check = {
    domain = "example.com", only = { "dkim" },
    expect = { {
      id = "one", match = "cname_target", name = "s1._domainkey.example.com", pattern = "s1%.domainkey%.u%d+%.wl%d+%.provider%.example",
    } },
  },
  findings = {},
  status = "ok",
  records = { one = { status = "found", found = "s1.domainkey.u12.wl3.provider.example" } },
}
