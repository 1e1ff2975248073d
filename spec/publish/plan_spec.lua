local diff = require "mailseal.publish.diff"
local ledger = require "mailseal.publish.ledger"
local memory_zone = require "spec.support.memory_zone"
local plans = require "mailseal.publish.plan"

-- A zone of sets written "name type ttl value", a value a line.
local function zone_of(lines)
  local list, by_key = {}, {}
  for _, text in ipairs(lines) do
    local name, kind, ttl, value = text:match "^(%S+) (%S+) (%d+) (.+)$"
    local set = by_key[name .. kind]
    if not set then
      set = { name = name, type = kind, ttl = tonumber(ttl), values = {} }
      list[#list + 1], by_key[name .. kind] = set, set
    end
    table.insert(set.values, value)
  end
  return list
end

local function make(records, lines, more)
  local given = { wanted = records, zones = { ["example.com"] = zone_of(lines or {}) }, zone_of = {} }
  for _, record in ipairs(records) do
    given.zone_of[record.name] = "example.com"
  end
  for name, value in pairs(more or {}) do
    given[name] = value
  end
  return plans.make(given), given
end

local alias = {
  id = "dkim", type = "CNAME", name = "s1._domainkey.example.com", value = "s1.dkim.esp.example", target = "s1.dkim.esp.example",
  match = "cname_target", required = true, purpose = "dkim",
}
local token = {
  id = "token", type = "TXT", name = "example.com", value = "esp-verification=1", match = "exact", required = true, purpose = "ownership",
}

describe("publish.plan", function()
  it("adds what is missing", function()
    local plan = make({ alias, token })
    assert.same({
      { name = "s1._domainkey.example.com", type = "CNAME", after = {
        name = "s1._domainkey.example.com", type = "CNAME", ttl = 3600, values = { "s1.dkim.esp.example." } } },
      { name = "example.com", type = "TXT", after = {
        name = "example.com", type = "TXT", ttl = 3600, values = { '"esp-verification=1"' } } },
    }, plan.changes["example.com"])
    assert.equal("add", plan.steps[1].action)
  end)

  it("keeps what is there, and other texts beside it byte for byte, with their TTL", function()
    local plan = make({ token }, { 'example.com TXT 77 "a" "b"' })
    assert.same({ name = "example.com", type = "TXT", ttl = 77, values = { '"a" "b"', '"esp-verification=1"' } },
      plan.changes["example.com"][1].after)
    assert.same({}, (make({ token }, { 'example.com TXT 77 "esp-verification=1"' })).changes)
  end)

  it("asks for consent where something else is in the way", function()
    local plan = make({ alias }, { "s1._domainkey.example.com CNAME 60 other.example." })
    assert.same({}, plan.changes)
    assert.equal(1, #plan.conflicts)
    local consent = plan.conflicts[1].consent
    assert.matches("^%l[%l_]+@s1._domainkey.example.com$", consent)
    local none, _, code, missing = plans.consented(plan, {})
    assert.same({ nil, "consent_needed", { consent } }, { none, code, missing })
    local agreed = assert(plans.consented(plan, { consent }))
    assert.same({ "s1.dkim.esp.example." }, agreed.changes["example.com"][1].after.values)
    assert.equal(60, agreed.changes["example.com"][1].after.ttl)
    assert.matches("to agree: " .. consent, diff.text(plan), 1, true)
  end)

  it("has nothing to do once it is applied, and is taken back by the ledger", function()
    local lines = { 'example.com TXT 77 "a" "b"' }
    local plan, given = make({ alias, token }, lines)
    local target = memory_zone.new(given.zones)
    assert(target:apply("example.com", plan.changes["example.com"]))
    local names = plans.names(given.wanted, "example.com")
    local now = { ["example.com"] = target:read("example.com", names) }
    assert.same({}, (make({ alias, token }, {}, { zones = now })).changes)
    local undo = ledger.undo(ledger.add({}, plan.changes), now)
    assert(target:apply("example.com", undo.changes["example.com"]))
    assert.same(zone_of(lines), target:read("example.com", names))
  end)
end)
