local diff = require "mailseal.publish.diff"
local planned = require "spec.support.planned"

local function text(id, name, value, required)
  return { id = id, type = "TXT", name = name, value = value, match = "exact", required = required, purpose = "ownership" }
end

describe("publish.diff", function()
  it("tells what comes, what goes, what stays and why, and what to agree to", function()
    local alias = {
      id = "dkim", type = "CNAME", name = "s1._domainkey.example.com", value = "ours.example", target = "ours.example",
      match = "cname_target", required = true, purpose = "dkim",
    }
    local spf = {
      id = "spf", type = "TXT", name = "example.com", include = "o.example", match = "spf_include", required = true, purpose = "spf",
    }
    local texts = { text("a", "a.example.com", "x"), text("b", "b.example.com", "y"), text("c", "c.example.net", "z") }
    local plan = planned.make({ spf, texts[1], texts[2], texts[3], alias }, [[
        example.com 300 TXT "v=spf1 mx -all"
        example.com 300 TXT "other"
        b.example.com 300 TXT "y"
        s1._domainkey.example.com 300 TXT "theirs"
      ]], { zone_of = {
        ["example.com"] = "example.com", ["a.example.com"] = "example.com", ["b.example.com"] = "example.com",
        ["s1._domainkey.example.com"] = "example.com",
      } })
    assert.equal([[
change: example.com TXT
    - TXT "v=spf1 mx -all"
    + TXT "v=spf1 mx include:o.example -all"
    The SPF record of example.com gets include:o.example; all else in it stays as it is.
add: a.example.com TXT
    + TXT "x"
    a.example.com TXT is added.
keep: b.example.com TXT
leave alone: c.example.net TXT
    c.example.net is not in a zone that can be written to from here.
needs consent: s1._domainkey.example.com CNAME
    - TXT "theirs"
    + CNAME ours.example.
    s1._domainkey.example.com has a record of type TXT (TXT "theirs") in the place of the CNAME to ours.example.
    to agree: cname_replaced@s1._domainkey.example.com
Nothing is changed without consent.
]], diff.text(plan))
  end)

  it("says where nothing is to be done", function()
    assert.equal("keep: b.example.com TXT\nNothing is to be changed.\n",
      diff.text(planned.make({ text("b", "b.example.com", "y") }, 'b.example.com 300 TXT "y"')))
    assert.matches("Nothing is changed without consent.\n$", diff.text(planned.make({ text("b", "b.example.com", "y", true) },
      "b.example.com 300 CNAME a.example.")))
  end)

  it("is fit to be shown, whatever the zone holds", function()
    local plan = planned.make({ text("b", "b.example.com", "\27[31m\226\128\174") }, "")
    assert.is_nil(diff.text(plan):find "[\27\226]")
    plan = planned.make({
      { id = "c", type = "CNAME", name = "b.example.com", value = "a.example", match = "cname_target", required = true },
    }, "b.example.com 300 CNAME \27[31m.example.")
    assert.is_nil(diff.text(plan):find "\27")
  end)
end)
