--- Plans for one small zone, for specs of what publishing does: the zone is example.com, written a value a line.
--
--     local plan = planned.make({ planned.key() }, [[
--       example.com 300 TXT "v=spf1 -all"
--     ]])
--     planned.after(plan, "example.com", "TXT")       -- the values that there are to be
local assert = require "luassert"
local memory_zone = require "spec.support.memory_zone"
local plans = require "mailseal.publish.plan"

local M = { ZONE = "example.com" }

--- The sets of some lines "name ttl type value".
function M.sets(text)
  local list, by_key = {}, {}
  for line in text:gmatch "[^\n]+" do
    local name, ttl, kind, value = line:match "^%s*(%S+) (%d+) (%S+) (.-)%s*$"
    if name then
      local set = by_key[name .. kind]
      if not set then
        set = { name = name, type = kind, ttl = tonumber(ttl), values = {} }
        list[#list + 1], by_key[name .. kind] = set, set
      end
      table.insert(set.values, value)
    end
  end
  table.sort(list, function(a, b) return a.name .. a.type < b.name .. b.type end)
  return list
end

--- What a plan is made of: `more` goes before what is told here.
function M.given(records, text, more)
  local given = { wanted = records, zones = { [M.ZONE] = M.sets(text or "") }, zone_of = {} }
  for _, list in ipairs { records, more and more.left or {} } do
    for _, record in ipairs(list) do given.zone_of[record.name] = M.ZONE end
  end
  for name, value in pairs(more or {}) do given[name] = value end
  return given
end

function M.make(records, text, more) return plans.make(M.given(records, text, more)) end

--- The values of a set after a plan is applied; nil where the plan does not change it.
function M.after(plan, name, kind)
  for _, change in ipairs(plan.changes[M.ZONE] or {}) do
    if change.name == name and change.type == kind then return change.after and change.after.values or {} end
  end
end

--- Holds that a plan has nothing to do and nothing to ask.
function M.quiet(plan)
  assert.same({}, plan.changes)
  assert.same({}, plan.conflicts)
  return plan
end

--- Holds that a plan changes nothing before somebody agrees to this; returns the plan where he does.
function M.asks(plan, consent)
  assert.same({}, plan.changes)
  assert.equal(1, #plan.conflicts)
  assert.equal(consent, plan.conflicts[1].consent)
  assert.matches("%.$", plan.conflicts[1].text)
  local none, _, code, missing = plans.consented(plan, { "other@" .. consent:match "@(.*)$" })
  assert.same({ nil, "consent_needed", { consent } }, { none, code, missing })
  local agreed = assert(plans.consented(plan, { consent }))
  assert.is_true(agreed.steps[1].consented)
  return agreed
end

--- Applies changes to sets; returns the sets there are then, in the order of their names and types.
function M.apply(sets, changes)
  local target = memory_zone.new { [M.ZONE] = sets }
  if changes[M.ZONE] then assert(target:apply(M.ZONE, changes[M.ZONE])) end
  local list = {}
  for _, set in pairs(target.sets[M.ZONE]) do
    table.sort(set.values)
    list[#list + 1] = set
  end
  table.sort(list, function(a, b) return a.name .. a.type < b.name .. b.type end)
  return list
end

return M
