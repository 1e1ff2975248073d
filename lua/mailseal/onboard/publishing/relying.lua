--- What of ours other domains of the same tenant rely on: a DMARC record at the organization's domain is for all domains below it, and
-- somebody's SPF record may be two providers'. It is not taken away from under them.
-- @module mailseal.onboard.publishing.relying
local assess = require "mailseal.onboard.assess"
local domains = require "mailseal.store.domains"
local handover = require "mailseal.handover.plan"
local is_within = require "mailseal.dns.name".is_within
local planning = require "mailseal.publish.plan"

local M = {}
local steps = {}

--- What is done on the database: see `perform` of `mailseal.onboard.registry`.
M.steps = steps

-- How many domains of a zone are looked at, at most.
local MOST = 1000

-- May a record be met by what stands at a row's place?
local function concerns(record, row)
  if record.type ~= row.type then return false end
  if record.name == row.name then return true end
  local above, domain = row.name:match "^_dmarc%.(.+)$", record.name:match "^_dmarc%.(.+)$"
  return above ~= nil and domain ~= nil and handover.is_dmarc(record) and is_within(domain, above)
end

local function add(list, domain, zone, rows)
  for _, record in ipairs(assess.records(domain)) do
    local is_met = false
    for _, row in ipairs(rows) do is_met = is_met or row.zone == zone and concerns(record, row) end
    if is_met and is_within(record.name, zone) then list[#list + 1] = { domain = domain.domain, zone = zone, record = record } end
  end
end

--- The records of other domains that may be met by what is ours for one.
-- @tparam table registry
-- @tparam string tenant
-- @tparam string name the domain whose rows these are
-- @tparam {table,...} rows of `mailseal.publish.ledger`
-- @treturn ?{table,...} `domain`, `zone`, `record`
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.load(registry, tenant, name, rows)
  return registry.db:read(function(tx)
    local list, seen = {}, {}
    for _, row in ipairs(rows) do
      for _, other in ipairs(not seen[row.zone] and domains.list(tx, tenant, { search = row.zone, limit = MOST }) or {}) do
        if other.domain ~= name and other.status ~= "failed" and is_within(other.domain, row.zone) then add(list, other, row.zone, rows) end
      end
      seen[row.zone] = true
    end
    return list
  end)
end

local function is_met(one, zones)
  local record = one.record
  local plan = planning.make { wanted = { record }, zones = zones, zone_of = { [record.name] = one.zone } }
  return plan.steps[1].action == "keep"
end

local function key_of(zone, one) return ("%s %s %s"):format(zone, one.name, one.type) end

-- The zones as they are once changes are made.
local function changed(zones, changes)
  local new = {}
  for zone, list in pairs(zones) do
    local touched = {}
    new[zone] = {}
    for _, change in ipairs(changes[zone] or {}) do
      touched[key_of(zone, change)] = true
      new[zone][#new[zone] + 1] = change.after
    end
    for _, set in ipairs(list) do
      if not touched[key_of(zone, set)] then table.insert(new[zone], set) end
    end
  end
  return new
end

--- Tells rows that others rely on from those that may be taken back.
-- @tparam {table,...} rows
-- @tparam table zones by zone, its sets as they are now
-- @tparam table changes by zone, those that take all rows back
-- @tparam {table,...} others as of @{load}
-- @treturn {table,...} rows that may be taken back
-- @treturn {table,...} steps of a plan that tell of the others why they stay
function M.parted(rows, zones, changes, others)
  local after, free, kept = changed(zones, changes), {}, {}
  local missed = {}
  for _, one in ipairs(others) do
    if is_met(one, zones) and not is_met(one, after) then missed[#missed + 1] = one end
  end
  for _, row in ipairs(rows) do
    local by
    for _, one in ipairs(missed) do by = by or one.zone == row.zone and concerns(one.record, row) and one.domain or nil end
    if by then
      local values = {}
      for _, set in ipairs(zones[row.zone]) do
        if set.name == row.name and set.type == row.type then values = set.values end
      end
      kept[#kept + 1] = {
        action = "leave", zone = row.zone, name = row.name, type = row.type, before = values, after = values,
        text = ("%s %s stays: %s needs it as well."):format(row.name, row.type, by),
      }
    else
      free[#free + 1] = row
    end
  end
  return free, kept
end

return M
