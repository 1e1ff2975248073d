local planned = require "spec.support.planned"

local NAME = "bounce.example.com"

local function wanted(more)
  local record = {
    id = "mx", type = "MX", name = NAME, value = "10 feedback.esp.example", match = "mx", required = true, purpose = "return_path",
  }
  for name, value in pairs(more or {}) do record[name] = value end
  return record
end

local function lines(...)
  local list = {}
  for i, value in ipairs { ... } do list[i] = ("%s 300 MX %s"):format(NAME, value) end
  return table.concat(list, "\n")
end

local function make(text, more, given) return planned.make({ wanted(more) }, text, given) end
local function after(plan) return planned.after(plan, NAME, "MX") end

describe("publishing an MX record", function()
  it("adds it", function()
    assert.same({ "10 feedback.esp.example." }, after(make ""))
  end)

  it("keeps it with another preference, with those that may stand beside it, and any of several sets that are right", function()
    planned.quiet(make(lines "5 Feedback.esp.example."))
    planned.quiet(make(lines("10 feedback.esp.example.", "20 b.esp.example."), { beside = { "b.esp.example" } }))
    planned.quiet(make(lines("10 old1.example.", "20 old2.example."), { alternatives = { { "old1.example", "old2.example" } } }))
    planned.quiet(make(lines "10 eu.in.example.", { value = false, pattern = "%l+%.in%.example" }))
  end)

  it("asks before others go, be they beside it or in its place", function()
    local plan = planned.asks(make(lines("10 feedback.esp.example.", "20 mine.example.")), "mx_others_beside@" .. NAME)
    assert.same({ "10 feedback.esp.example." }, after(plan))
    plan = planned.asks(make(lines("10 a.example.", "20 b.example.")), "mx_other@" .. NAME)
    assert.same({ "10 feedback.esp.example." }, after(plan))
  end)

  it("asks before a domain that receives no mail receives some", function()
    assert.same({ "10 feedback.esp.example." }, after(planned.asks(make(lines "0 ."), "mx_null@" .. NAME)))
  end)

  it("changes what was right before, and what is ours", function()
    local plan = make(lines "10 old.esp.example.", { migrations = { { from = "10 old.esp.example" } } })
    assert.same({ { "10 feedback.esp.example." }, "record_migrating" }, { after(plan), plan.steps[1].code })
    plan = make(lines "10 us.esp.example.", nil, {
      ours = { { zone = "example.com", name = NAME, type = "MX", added = { "10 us.esp.example." }, taken = {} } },
    })
    assert.same({ "10 feedback.esp.example." }, after(plan))
  end)

  it("publishes several that belong together", function()
    local first = wanted { id = "a", value = "10 mxa.esp.example", beside = { "mxb.esp.example" } }
    local second = wanted { id = "b", value = "20 mxb.esp.example", beside = { "mxa.esp.example" } }
    assert.same({ "10 mxa.esp.example.", "20 mxb.esp.example." }, after(planned.make({ first, second }, "")))
    local plan = planned.make({ first, second }, lines "10 other.example.")
    assert.same({ {}, 2 }, { plan.changes, #plan.conflicts })
    local agreed = assert(require("mailseal.publish.plan").consented(plan, { "mx_other@" .. NAME }))
    assert.same({ "10 mxa.esp.example.", "20 mxb.esp.example." }, after(agreed))
  end)

  it("leaves alone where a domain receives its mail, unless that is required", function()
    local plan = planned.quiet(make(lines "10 mail.example.com.", { required = false }))
    assert.same({ "leave", "mx_other" }, { plan.steps[1].action, plan.steps[1].code })
  end)
end)
