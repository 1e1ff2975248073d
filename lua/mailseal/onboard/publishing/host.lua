--- Does what is written there count? Conflicts of a plan where the domain's name servers are not those of whom it would be written to.
-- @module mailseal.onboard.publishing.host
local host = require "mailseal.host"

local M = {}

-- The name servers that a target's zone names itself; nil where it does not tell.
local function named_in(zone, sets)
  for _, set in ipairs(sets) do
    if set.name == zone and set.type == "NS" then
      local list = {}
      for i, value in ipairs(set.values) do list[i] = value:lower():gsub("%.$", "") end
      return list
    end
  end
end

local function any_of(list, others)
  local known = {}
  for _, name in ipairs(others) do known[name:lower()] = true end
  for _, name in ipairs(list) do
    if known[name] then return true end
  end
  return false
end

local function conflict(code, name, text)
  return { name = name, type = "NS", zone = name, action = "conflict", code = code, text = text, consent = code .. "@" .. name }
end

-- Whose the zone is by DNS; nil where that is not told, or told by nobody but the target.
local function judge(zone, sets, way, found)
  local servers = table.concat(found.name_servers, ", ")
  if found.zone ~= zone then
    return conflict("record_zone_delegated", zone, ("%s would write to the zone %s, which by DNS is in the zone %s, of %s: what is "
      .. "entered here nobody sees."):format(way.module.name or way.via, zone, found.zone, servers))
  end
  local own, named = way.module.host, named_in(zone, sets)
  local is_known = own and (found.id or found.split or found.ambiguous)
  local is_own = own and (found.id == own or any_of({ own }, found.ambiguous or {}) or any_of({ own }, found.split or {})
    or any_of({ own }, found.alternatives or {}))
  if own and is_own or named and any_of(named, found.name_servers) then return nil end
  if is_known or named or own then
    return conflict("record_at_wrong_host", zone, ("The name servers of %s are %s, and not those of %s: what is entered here nobody asks "
      .. "for."):format(zone, servers, way.module.name or way.via))
  end
end

--- The conflicts.
-- @tparam table _ the target
-- @tparam table way as of `mailseal.onboard.publishing.access`
-- @tparam table given as of `mailseal.onboard.publishing.reading.read`
-- @tparam table registry
-- @tparam table row the domain's
-- @treturn {table,...} steps as of `mailseal.publish.plan`, empty where all is well, or DNS does not tell
function M.conflicts(_, way, given, registry, row)
  local resolver, list, zones = registry:resolver(), {}, {}
  for zone in pairs(given.zones) do zones[#zones + 1] = zone end
  table.sort(zones)
  for _, zone in ipairs(resolver and zones or {}) do
    local found = host.detect(zone, { resolver = resolver, registrable = row.vars.registrable, fresh = true })
    if found then list[#list + 1] = judge(zone, given.zones[zone], way, found) end
  end
  return list
end

return M
