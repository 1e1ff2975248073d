local planned = require "spec.support.planned"

local function text(name, more)
  local record = { id = "t", type = "TXT", name = name, value = "x", match = "exact", required = true, purpose = "ownership" }
  for member, value in pairs(more or {}) do record[member] = value end
  return record
end

local WILD = "*.example.com 300 A 192.0.2.1\n"

describe("publishing beside a wildcard", function()
  it("asks before a name that lived by it has records of its own", function()
    local plan = planned.make({ text "s1._domainkey.shop.example.com" }, WILD)
    local agreed = planned.asks(plan, "record_hides_wildcard@shop.example.com")
    assert.same({ '"x"' }, planned.after(agreed, "s1._domainkey.shop.example.com", "TXT"))
    assert.matches("What the wildcard *.example.com answers for shop.example.com (A 192.0.2.1) would be gone", plan.steps[1].text, 1, true)
  end)

  it("asks once for all records of such a name", function()
    local records = { text("shop.example.com", { purpose = "spf" }), text "s1._domainkey.shop.example.com" }
    local plan = planned.make(records, WILD)
    assert.same({}, plan.changes)
    local agreed = assert(require("mailseal.publish.plan").consented(plan, { "record_hides_wildcard@shop.example.com" }))
    assert.equal(2, #agreed.changes["example.com"])
  end)

  it("asks nothing where the name is there already, be it by what is below it", function()
    assert.is_table(planned.make({ text "s1._domainkey.shop.example.com" },
      WILD .. "shop.example.com 300 A 192.0.2.2").changes["example.com"])
    assert.is_table(planned.make({ text "s1._domainkey.shop.example.com" },
      WILD .. '_dmarc.shop.example.com 300 TXT "x"').changes["example.com"])
    assert.is_table(planned.make({ text "s1._domainkey.example.com" }, WILD).changes["example.com"])
  end)

  it("asks nothing at names made for the record, unless mail is received there", function()
    assert.is_table(planned.make({ text("bounce.example.com", { purpose = "return_path" }) }, WILD).changes["example.com"])
    planned.asks(planned.make({ text("bounce.example.com", { purpose = "return_path" }) }, "*.example.com 300 MX 10 mx.example.com."),
      "record_hides_wildcard@bounce.example.com")
  end)

  it("asks nothing for keys at names of their own beside others, as some providers have them", function()
    local record = { id = "k", type = "CNAME", name = "sk48392.example.com", target = "k.example.net", match = "cname_target",
      required = true, purpose = "dkim" }
    assert.is_table(planned.make({ record }, WILD).changes["example.com"])
  end)

  it("asks nothing where the wildcard is for texts alone, or for another part of the zone", function()
    assert.is_table(planned.make({ text("shop.example.com", { purpose = "spf" }) },
      '*.example.com 300 TXT "v=spf1 -all"').changes["example.com"])
    assert.is_table(planned.make({ text("a.shop.example.com", { purpose = "spf" }) },
      WILD .. "shop.example.com 300 A 192.0.2.2").changes["example.com"])
  end)

  it("leaves alone what is not required", function()
    local plan = planned.quiet(planned.make({ text("shop.example.com", { purpose = "spf", required = false }) }, WILD))
    assert.same({ "leave", "record_hides_wildcard" }, { plan.steps[1].action, plan.steps[1].code })
  end)
end)
