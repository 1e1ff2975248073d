--- A target (`mailseal.publish.target`) that writes to a table: zones for tests of whoever plans and publishes.
--
--     local zones = memory_zone.new { ["example.com"] = { { name = "example.com", type = "TXT", ttl = 60, values = { '"x"' } } } }
--     zones.sets["example.com"]                -- what stands there now
--     zones.fail = { "unreachable", "…" }      -- the next call fails so
local sets = require "mailseal.publish.sets"
local target = require "mailseal.publish.target"

local M = { id = "memory", name = "a table", atomic = true, least_ttl = 0, settings = {}, credentials = {} }
local Zones = target.class "memory zones"

local function key_of(one) return one.name .. " " .. one.type end

--- Makes it.
-- @tparam table zones lists of sets by zone
-- @treturn table
function M.new(zones)
  local self = setmetatable({ module = M, sets = {}, applied = 0 }, Zones)
  for zone, list in pairs(zones) do
    self.sets[zone] = {}
    for _, set in ipairs(list) do self.sets[zone][key_of(set)] = set end
  end
  return self
end

local function take_failure(self)
  local fail = self.fail
  self.fail = nil
  if fail then return fail[2] or "as the test wants it", fail[1], fail[3] end
end

function Zones:zone_of(name)
  local at = name
  while at do
    if self.sets[at] then return at end
    at = at:match "%.(.+)$"
  end
  return nil, "there is no zone of " .. name, "no_zone"
end

function Zones:read(zone, names)
  local message, code, details = take_failure(self)
  if message then return nil, message, code, details end
  local list, wanted = {}, {}
  for _, name in ipairs(names) do wanted[name] = true end
  for _, set in pairs(self.sets[zone]) do
    if wanted[set.name] then
      local values = {}
      for i, value in ipairs(set.values) do values[i] = value end
      list[#list + 1] = { name = set.name, type = set.type, ttl = set.ttl, values = values }
    end
  end
  table.sort(list, function(a, b) return key_of(a) < key_of(b) end)
  return list
end

function Zones:apply(zone, changes)
  local message, code, details = take_failure(self)
  if message then return nil, message, code, details end
  for _, change in ipairs(changes) do
    if not sets.same(self.sets[zone][key_of(change)], change.before) then
      return nil, ("%s %s is not what it was"):format(change.name, change.type), "zone_moved"
    end
  end
  for _, change in ipairs(changes) do self.sets[zone][key_of(change)] = change.after end
  self.applied = self.applied + 1
  return true
end

return M
