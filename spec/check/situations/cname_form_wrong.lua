local texts = require "spec.support.dkim_texts"
local zones = require "spec.support.zones"

local function expectation(id)
  return {
    id = id, match = "cname_target", name = id .. "._domainkey.example.com", pattern = id .. "%.u%d+%.provider%.example",
    shown = id .. ".<user>.provider.example",
  }
end

return {
  title = "CNAMEs whose targets have not the form that is known of them: another name, the domain appended, a text in their place",
  zone = zones.plain {
    ["a._domainkey.example.com"] = { { type = "CNAME", data = "b.u12.provider.example." } },
    ["b.u12.provider.example"] = { { type = "TXT", data = texts.good } },
    ["c._domainkey.example.com"] = { { type = "CNAME", data = "c.u12.provider.example.example.com." } },
    ["d._domainkey.example.com"] = { { type = "TXT", data = "d.u12.provider.example" } },
  },
  check = {
    domain = "example.com", only = { "dkim" }, expect = { expectation "a", expectation "c", expectation "d" },
  },
  findings = {
    {
      code = "cname_wrong_target", record = "a", expected = "a.<user>.provider.example", found = "b.u12.provider.example",
      fix = "Change the target of the CNAME to a.<user>.provider.example.",
    },
    { code = "cname_target_doubled", record = "c", expected = "c.u12.provider.example" },
    { code = "cname_target_in_txt", record = "d", found = "d.u12.provider.example" },
  },
  status = "error",
  records = { a = { status = "mismatch" }, c = { status = "mismatch" }, d = { status = "mismatch" } },
}
