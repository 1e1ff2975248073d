local planned = require "spec.support.planned"

local NAME = "s1._domainkey.example.com"

local function wanted(more)
  local record = {
    id = "dkim", type = "CNAME", name = NAME, value = "S1.dkim.esp.example", target = "s1.dkim.esp.example", match = "cname_target",
    required = true, purpose = "dkim",
  }
  for name, value in pairs(more or {}) do record[name] = value end
  return record
end

local function make(text, more, given) return planned.make({ wanted(more) }, text, given) end
local function after(plan) return planned.after(plan, NAME, "CNAME") end

describe("publishing a CNAME", function()
  it("adds it", function()
    local plan = make("", nil, { ttl = 60, least_ttl = 120 })
    assert.same({ "s1.dkim.esp.example." }, after(plan))
    assert.equal(120, plan.changes["example.com"][1].after.ttl)
    assert.equal(120, plan.steps[1].ttl)
  end)

  it("keeps it, whatever the case of its letters, and one of another form that is right as well", function()
    planned.quiet(make(NAME .. " 300 CNAME S1.DKIM.esp.example."))
    planned.quiet(make(NAME .. " 300 CNAME s1.eu.esp.example.", { pattern = "s1%.%l+%.esp%.example" }))
    planned.quiet(make(NAME .. " 300 CNAME s1.eu.esp.example.", {
      pattern = { "x", "s1%.%l+%.esp%.example" }, value = false, target = false,
    }))
  end)

  it("takes it from behind the DNS host's proxy, where nobody sees it", function()
    local set = { name = NAME, type = "CNAME", ttl = 300, values = { "s1.dkim.esp.example." }, proxied = true }
    local plan = make(nil, nil, { zones = { ["example.com"] = { set } } })
    local after_it = { name = NAME, type = "CNAME", ttl = 300, values = { "s1.dkim.esp.example." } }
    assert.same({ { name = NAME, type = "CNAME", before = set, after = after_it } }, plan.changes["example.com"])
    assert.same({ "change", "cname_proxied" }, { plan.steps[1].action, plan.steps[1].code })
    assert.truthy(plan.steps[1].text:find "proxy")
    set.values = { "old.esp.example." }
    plan = make(nil, { migrations = { { from = "old.esp.example." } } }, { zones = { ["example.com"] = { set } } })
    assert.same({ true, after_it }, { plan.changes["example.com"][1].before.proxied, plan.changes["example.com"][1].after })
  end)

  it("changes without asking what was right before, has the zone appended, or is ours", function()
    local plan = make(NAME .. " 300 CNAME old.esp.example.", { migrations = { { from = "old.esp.example." } } })
    assert.same({ "s1.dkim.esp.example." }, after(plan))
    assert.equal("record_migrating", plan.steps[1].code)
    assert.equal(300, plan.changes["example.com"][1].after.ttl)
    plan = make(NAME .. " 300 CNAME s1.dkim.esp.example.example.com.")
    assert.same({ { "s1.dkim.esp.example." }, "cname_target_doubled" }, { after(plan), plan.steps[1].code })
    plan = make(NAME .. " 300 CNAME k2.ours.example.", nil, {
      ours = { { zone = "example.com", name = NAME, type = "CNAME", added = { "k2.ours.example." }, taken = {} } },
    })
    assert.same({ "s1.dkim.esp.example." }, after(plan))
  end)

  it("asks before it takes the place of another account's", function()
    local plan = planned.asks(make(NAME .. " 300 CNAME s1.u42.esp.example."), "cname_wrong_target@" .. NAME)
    assert.same({ "s1.dkim.esp.example." }, after(plan))
  end)

  it("asks before it takes the place of texts, addresses and all else", function()
    local plan = planned.asks(make(NAME .. [[ 300 TXT "v=DKIM1; p=abc"
      ]] .. NAME .. " 300 A 192.0.2.1"), "cname_replaced@" .. NAME)
    assert.same({
      { name = NAME, type = "A", before = { name = NAME, type = "A", ttl = 300, values = { "192.0.2.1" } } },
      { name = NAME, type = "TXT", before = { name = NAME, type = "TXT", ttl = 300, values = { '"v=DKIM1; p=abc"' } } },
      { name = NAME, type = "CNAME", after = { name = NAME, type = "CNAME", ttl = 3600, values = { "s1.dkim.esp.example." } } },
    }, plan.changes["example.com"])
    assert.same({ { type = "A", values = { "192.0.2.1" } }, { type = "TXT", values = { '"v=DKIM1; p=abc"' } } }, plan.steps[1].others)
    assert.matches("record of type A, TXT", plan.steps[1].text)
  end)

  it("tells a target that was pasted into a text", function()
    planned.asks(make(NAME .. ' 300 TXT "s1.dkim.esp.example."'), "cname_target_in_txt@" .. NAME)
  end)

  it("is not in the way of itself where DNSSEC's records stand beside it", function()
    planned.quiet(make(NAME .. " 300 CNAME s1.dkim.esp.example.\n" .. NAME .. " 300 RRSIG CNAME 13 4 300 x y 1 example.com. abcd"))
  end)

  it("asks before what stands beside it goes", function()
    local plan = planned.asks(make(NAME .. " 300 CNAME s1.dkim.esp.example.\n" .. NAME .. ' 300 TXT "x"'), "cname_and_other@" .. NAME)
    assert.same({}, planned.after(plan, NAME, "TXT"))
    assert.is_nil(after(plan))
  end)

  it("asks before a text takes the place of a CNAME, and leaves alone what is not required", function()
    local text = { id = "t", type = "TXT", name = NAME, value = "x", match = "exact", required = true }
    local plan = planned.asks(planned.make({ text }, NAME .. " 300 CNAME a.example."), "cname_in_the_way@" .. NAME)
    assert.same({ {}, { '"x"' } }, { after(plan), planned.after(plan, NAME, "TXT") })
    text.required = false
    assert.equal("leave", planned.quiet(planned.make({ text }, NAME .. " 300 CNAME a.example.")).steps[1].action)
  end)

  it("is not for a zone's own name", function()
    local plan = planned.quiet(planned.make({ wanted { name = "example.com" } }, "example.com 300 SOA x. y. 1 2 3 4 5"))
    assert.same({ "leave", "cname_at_apex" }, { plan.steps[1].action, plan.steps[1].code })
  end)

  it("leaves what it cannot know", function()
    local plan = planned.quiet(make("", { value = false, target = false, pattern = "x" }))
    assert.equal("leave", plan.steps[1].action)
  end)
end)
