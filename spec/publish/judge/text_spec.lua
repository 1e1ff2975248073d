local planned = require "spec.support.planned"

local function wanted(more)
  local record = {
    id = "t", type = "TXT", name = "example.com", value = "esp=Ab1", match = "exact", required = true, purpose = "ownership",
  }
  for name, value in pairs(more or {}) do record[name] = value end
  return record
end

local function make(text, more) return planned.make({ wanted(more) }, text) end
local function after(plan) return planned.after(plan, "example.com", "TXT") end

describe("publishing a text", function()
  it("adds it behind others, which stay byte for byte", function()
    assert.same({ '"a" "b"', '"\\\\ \\"x\\" \\200"', '"esp=Ab1"' },
      after(make 'example.com 5 TXT "a" "b"\nexample.com 5 TXT "\\\\ \\"x\\" \\200"'))
    assert.equal("example.com TXT gets another value; what is there stays.", make('example.com 5 TXT "a"').steps[1].text)
  end)

  it("keeps it, however it is split, and one of another form that is right as well", function()
    planned.quiet(make 'example.com 5 TXT "esp" "=Ab1"')
    planned.quiet(make('example.com 5 TXT "esp=zzz"', { pattern = "esp=%l+" }))
    planned.quiet(make('example.com 5 TXT "esp=zzz"', { pattern = "esp=%l+", value = false }))
  end)

  it("puts it in the place of what pasting made of it, and of what was right before", function()
    local plan = make 'example.com 5 TXT "x"\nexample.com 5 TXT "\\"esp=Ab1\\" "'
    assert.same({ { '"x"', '"esp=Ab1"' }, "record_altered" }, { after(plan), plan.steps[1].code })
    plan = make('example.com 5 TXT "esp=old"', { migrations = { { from = "esp=old" } } })
    assert.same({ { '"esp=Ab1"' }, "record_migrating" }, { after(plan), plan.steps[1].code })
  end)

  it("takes a text that is one of SPF or DMARC for what it is", function()
    local plan = make('example.com 5 TXT "v=spf1 mx -all"', { value = "v=spf1 include:x.example ~all" })
    assert.same({ '"v=spf1 mx include:x.example -all"' }, after(plan))
    planned.quiet(make('example.com 5 TXT "v=spf1 mx include:x.example -all"', { value = "v=spf1 include:x.example ~all" }))
    plan = planned.make({ wanted { value = "v=DMARC1; p=none", name = "_dmarc.example.com", purpose = "dmarc" } },
      '_dmarc.example.com 5 TXT "v=DMARC1; p=reject"')
    planned.quiet(plan)
  end)
end)
