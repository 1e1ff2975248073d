local planned = require "spec.support.planned"

local NAME = "send.example.com"

local function wanted(host, more)
  local record = {
    id = host, type = "NS", name = NAME, value = host, hosts = { "ns1.esp.example", "ns2.esp.example" }, match = "ns_delegation",
    required = true, purpose = "delegation",
  }
  for name, value in pairs(more or {}) do record[name] = value end
  return record
end

local function make(text) return planned.make({ wanted "ns1.esp.example", wanted "ns2.esp.example" }, text) end
local function after(plan) return planned.after(plan, NAME, "NS") end
local function agreed(plan, consent)
  assert.same({}, plan.changes)
  assert.equal(consent, plan.conflicts[1].consent)
  return assert(require("mailseal.publish.plan").consented(plan, { consent }))
end

describe("publishing a delegation", function()
  it("adds all name servers, and what is missing of them", function()
    assert.same({ "ns1.esp.example.", "ns2.esp.example." }, after(make ""))
    assert.same({ "ns1.esp.example.", "ns2.esp.example." }, after(make(NAME .. " 300 NS ns1.esp.example.")))
    planned.quiet(make(NAME .. " 300 NS ns2.esp.example.\n" .. NAME .. " 300 NS NS1.esp.example."))
  end)

  it("asks before it is taken from other name servers", function()
    local plan = agreed(make(NAME .. " 300 NS ns.other.example."), "delegation_wrong@" .. NAME)
    assert.same({ "ns1.esp.example.", "ns2.esp.example." }, after(plan))
  end)

  it("asks before it takes the place of a CNAME", function()
    local plan = agreed(make(NAME .. " 300 CNAME a.example."), "delegation_replaced@" .. NAME)
    assert.same({ "ns1.esp.example.", "ns2.esp.example." }, after(plan))
    assert.same({}, planned.after(plan, NAME, "CNAME"))
  end)

  it("asks before it hides what stands there", function()
    local plan = make("www." .. NAME .. " 300 A 192.0.2.1")
    assert.matches("www.send.example.com A", plan.conflicts[1].text, 1, true)
    assert.same({ "ns1.esp.example.", "ns2.esp.example." }, after(agreed(plan, "delegation_hides_records@" .. NAME)))
  end)

  it("is for names below the zone alone", function()
    local plan = planned.quiet(planned.make({ wanted("ns1.esp.example", { name = "example.com" }) }, "example.com 300 NS ns.x.example."))
    assert.equal("leave", plan.steps[1].action)
  end)
end)
