--- A target (`mailseal.publish.target`) that writes to a file, for tests of several processes: one change after another, and nothing sees
-- to it that two do not write at once but whoever calls it.
--
--     local zones = file_zone.new(path, { pause = 0.01, point = function(name) … end })
local async = require "mailseal.async"
local json = require "mailseal.store.json"
local sets = require "mailseal.publish.sets"
local shell = require "spec.support.shell"
local target = require "mailseal.publish.target"

local M = { id = "file", name = "a file", atomic = false, least_ttl = 0, settings = {}, credentials = {} }
local Zones = target.class "file zones"

local function key_of(one) return one.name .. " " .. one.type end

--- Reads the file.
-- @tparam string path
-- @treturn table sets by zone, and by name and type
function M.load(path) return json.decode(shell.read(path)) end

--- Writes the file, whole or not at all.
-- @tparam string path
-- @tparam table zones
function M.save(path, zones)
  local beside = path .. ".new"
  shell.write(beside, json.encode(zones))
  assert(os.rename(beside, path))
end

--- Makes it.
-- @tparam string path of a file of @{save}
-- @tparam[opt] table options `pause`: seconds between two changes; `point`: called with "before" and "after" of each change
-- @treturn table
function M.new(path, options)
  options = options or {}
  return setmetatable({ module = M, path = path, pause = options.pause or 0, point = options.point or function() end }, Zones)
end

function Zones:zone_of(name)
  local zones, at = M.load(self.path), name
  while at do
    if zones[at] then return at end
    at = at:match "%.(.+)$"
  end
  return nil, "there is no zone of " .. name, "no_zone"
end

function Zones:read(zone, names)
  local wanted, list = {}, {}
  for _, name in ipairs(names) do wanted[name] = true end
  for _, set in pairs(M.load(self.path)[zone]) do
    if wanted[set.name] then list[#list + 1] = set end
  end
  table.sort(list, function(a, b) return key_of(a) < key_of(b) end)
  return list
end

-- One change, as a host does it that knows of no conditions: values are put there.
local function make(self, zone, change)
  local zones = M.load(self.path)
  if self.pause > 0 then async.sleep(self.pause) end
  zones[zone][key_of(change)] = change.after
  M.save(self.path, zones)
end

function Zones:apply(zone, changes)
  for _, change in ipairs(changes) do
    if not sets.same(M.load(self.path)[zone][key_of(change)], change.before) then
      return nil, ("%s %s is not what it was"):format(change.name, change.type), "zone_moved"
    end
  end
  for _, change in ipairs(changes) do
    self.point "before"
    make(self, zone, change)
    self.point "after"
  end
  return true
end

return M
