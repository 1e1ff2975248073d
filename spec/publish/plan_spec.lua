local catalogue = require "spec.support.catalogue"
local json = require "mailseal.store.json"
local planned = require "spec.support.planned"
local plans = require "mailseal.publish.plan"

local function alias(name, more)
  local record = {
    id = "dkim", type = "CNAME", name = name, value = "s1.dkim.esp.example", target = "s1.dkim.esp.example", match = "cname_target",
    required = true, purpose = "dkim",
  }
  for member, value in pairs(more or {}) do record[member] = value end
  return record
end

local token = {
  id = "token", type = "TXT", name = "example.com", value = "esp-verification=1", match = "exact", required = true, purpose = "ownership",
}

local S1 = "s1._domainkey.example.com"

describe("publish.plan", function()
  it("adds what is missing, in the order of the records, with the TTL that is wanted", function()
    local plan = planned.make({ alias(S1), token }, "", { ttl = 60 })
    assert.same({
      { name = S1, type = "CNAME", after = { name = S1, type = "CNAME", ttl = 60, values = { "s1.dkim.esp.example." } } },
      { name = "example.com", type = "TXT", after = {
        name = "example.com", type = "TXT", ttl = 60, values = { '"esp-verification=1"' } } },
    }, plan.changes["example.com"])
    assert.same({ "add", "dkim", S1, "CNAME", "example.com", {}, { "s1.dkim.esp.example." } }, {
      plan.steps[1].action, plan.steps[1].record, plan.steps[1].name, plan.steps[1].type, plan.steps[1].zone, plan.steps[1].before,
      plan.steps[1].after,
    })
  end)

  it("makes one change of all that becomes of a set", function()
    local plan = planned.make({ token, { id = "two", type = "TXT", name = "example.com", value = "b", match = "exact" } },
      'example.com 77 TXT "a"')
    assert.equal(1, #plan.changes["example.com"])
    assert.same({ name = "example.com", type = "TXT", ttl = 77, values = { '"a"', '"esp-verification=1"', '"b"' } },
      plan.changes["example.com"][1].after)
    assert.same({ '"a"' }, plan.changes["example.com"][1].before.values)
  end)

  it("brings names into A-labels and lower case", function()
    local name = "S1._domainkey.b\195\188cher.Example.com"
    local plan = planned.make({ alias(name, { target = "b\195\188cher.example", value = "b\195\188cher.example" }) }, "")
    assert.equal("s1._domainkey.xn--bcher-kva.example.com", plan.changes["example.com"][1].name)
    assert.same({ "xn--bcher-kva.example." }, plan.changes["example.com"][1].after.values)
  end)

  it("leaves what is in no zone that can be written to, and tells which it is in", function()
    local plan = planned.quiet(plans.make { wanted = { alias(S1), alias "s1._domainkey.example.net" }, zones = { ["example.com"] = {} },
      zone_of = { ["s1._domainkey.example.net"] = "example.net" } })
    assert.same({ "leave", "leave" }, { plan.steps[1].action, plan.steps[2].action })
    assert.matches("is not in a zone that can be written to from here%.", plan.steps[1].text)
    assert.matches("%(example.net%)", plan.steps[2].text)
    assert.equal("example.net", plan.steps[2].zone)
  end)

  it("leaves what is below a delegation or a DNAME", function()
    local plan = planned.quiet(planned.make({ alias(S1) }, "_domainkey.example.com 300 NS ns.other.example."))
    assert.same({ "leave", "record_zone_delegated" }, { plan.steps[1].action, plan.steps[1].code })
    assert.matches("is in the zone _domainkey.example.com, which has name servers of its own (ns.other.example)", plan.steps[1].text, 1,
      true)
    plan = planned.quiet(planned.make({ alias(S1) }, "_domainkey.example.com 300 DNAME keys.example."))
    assert.same({ "leave", "record_below_dname" }, { plan.steps[1].action, plan.steps[1].code })
    planned.quiet(planned.make({ alias(S1) }, "example.com 300 DNAME keys.example."))
  end)

  it("is in no doubt of the zone's own name servers", function()
    assert.is_table(planned.make({ alias(S1) }, "example.com 300 NS ns.other.example.").changes["example.com"])
  end)

  it("plans in several zones at once", function()
    local plan = plans.make { wanted = { alias(S1), alias "s1._domainkey.example.net" },
      zones = { ["example.com"] = {}, ["example.net"] = {} },
      zone_of = { [S1] = "example.com", ["s1._domainkey.example.net"] = "Example.NET." } }
    assert.equal("s1._domainkey.example.net", plan.changes["example.net"][1].name)
    assert.equal(1, #plan.changes["example.com"])
  end)

  it("leaves records of types that nobody publishes", function()
    local plan = planned.quiet(planned.make({ { id = "x", type = "SRV", name = "example.com", value = "x" } }, ""))
    assert.equal("leave", plan.steps[1].action)
  end)

  it("takes consents from whom it is made by, and tells all that are missing", function()
    local text = S1 .. " 300 CNAME a.example.\ns2._domainkey.example.com 300 CNAME b.example."
    local records = { alias(S1), alias("s2._domainkey.example.com", { id = "dkim2" }) }
    local plan = planned.make(records, text, { consents = { "cname_wrong_target@" .. S1 } })
    assert.equal(1, #plan.conflicts)
    assert.equal(1, #plan.changes["example.com"])
    local none, message, code, missing = plans.consented(planned.make(records, text), {})
    assert.same({ nil, "consent_needed" }, { none, code })
    assert.same({ "cname_wrong_target@" .. S1, "cname_wrong_target@s2._domainkey.example.com" }, missing)
    assert.matches(missing[2], message, 1, true)
    assert.same({}, plans.consented(plan, { missing[2] }).conflicts)
  end)

  it("is plain data, from which it is made again elsewhere", function()
    local plan = planned.make({ alias(S1), token }, S1 .. " 300 CNAME a.example.")
    local other = assert(json.decode(assert(json.encode(plan))))
    local consent = { plan.conflicts[1].consent }
    assert.same(plans.consented(plan, consent).changes, plans.consented(other, consent).changes)
  end)

  it("changes nothing of what it is made of", function()
    local given = planned.given({ alias(S1), token }, 'example.com 300 TXT "a"')
    local before = json.encode(given.zones)
    plans.make(given)
    assert.equal(before, json.encode(given.zones))
  end)

  it("raises where it is not told what there is", function()
    assert.has_error(function() plans.make { wanted = {} } end, "plan.make wants a table with wanted, zones and zone_of")
  end)

  it("meets every finding of what can stand in the way", function()
    local function text(name, purpose)
      return { id = "t", type = "TXT", name = name, value = "x", match = "exact", required = true, purpose = purpose or "ownership" }
    end
    local function spf(name)
      return { id = "spf", type = "TXT", name = name, include = "o.example", match = "spf_include", required = true, purpose = "spf" }
    end
    local delegation = {
      id = "ns", type = "NS", name = "sub.example.com", value = "ns.o.example", match = "ns_delegation", required = true,
      purpose = "delegation",
    }
    local met = {}
    for _, case in ipairs {
      { text "a.example.com", "a.example.com 300 CNAME b.example." }, { alias "example.com", "example.com 300 NS ns.example." },
      { text "shop.example.com", "*.example.com 300 A 192.0.2.1" }, { text "a.b.example.com", "b.example.com 300 DNAME c.example." },
      { delegation, "www.sub.example.com 300 A 192.0.2.1" }, { spf "example.com", 'example.com 300 TXT "v=spf1 -all"' },
      { text "a.example.com", "", { zone_of = {} } },
    } do
      local plan = planned.make({ case[1] }, case[2], case[3])
      met[plan.steps[1].code or ""] = true
      assert.same({}, plan.changes)
    end
    for _, code in ipairs(catalogue.codes "^publish$") do assert.is_true(met[code] or false, code) end
  end)

  describe("names", function()
    it("are those of the records, those above them in the zone, and wildcards", function()
      assert.same({
        "s1._domainkey.mail.example.com", "*._domainkey.mail.example.com", "_domainkey.mail.example.com", "*.mail.example.com",
        "mail.example.com", "*.example.com", "example.com",
      }, plans.names({ alias "s1._domainkey.mail.example.com" }, "example.com"))
    end)

    it("are those of DMARC records above, too", function()
      assert.same({
        "_dmarc.mail.example.com", "*.mail.example.com", "mail.example.com", "*.example.com", "_dmarc.example.com", "example.com",
      }, plans.names({ { name = "_dmarc.mail.example.com" } }, "example.com"))
    end)
  end)
end)
