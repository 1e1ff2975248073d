--- The zones that a plan is made for, as they are and as they become while it is made.
--
-- A plan's steps come one after another, and several of them may touch one set: each sees what those before it have made of it. At the
-- end the changes are told, one for each set that is not what it was.
-- @module mailseal.publish.scene
local is_within = require "mailseal.dns.name".is_within
local canonical = require "mailseal.dns.name".canonical
local parent = require "mailseal.dns.name".parent

local M = {}
local Scene = { __name = "mailseal.publish.scene" }
Scene.__index = Scene

-- What DNSSEC puts beside everything by itself (RFC 4034 §3, §4; RFC 5155): nobody publishes it by hand, and it is in nobody's way.
local IGNORED = { RRSIG = true, NSEC = true, NSEC3 = true, NSEC3PARAM = true }

local function copied(set)
  local values = {}
  for i, value in ipairs(set.values) do
    values[i] = value
  end
  return { name = set.name, type = set.type, ttl = set.ttl, values = values, proxied = set.proxied }
end

local function key_of(name, kind) return name .. " " .. kind end

--- Makes it.
-- @tparam table zones by zone, a list of sets (`mailseal.publish.sets`)
-- @tparam[opt] table options `ttl`: of sets that are new, seconds; `least_ttl`, which none of these goes below
-- @treturn table
function M.new(zones, options)
  local self = setmetatable({ zones = {}, order = {}, touched = {}, options = options or {} }, Scene)
  for zone, list in pairs(zones) do
    local known = { before = {}, now = {}, types = {} }
    self.zones[canonical(zone)] = known
    for _, set in ipairs(list) do
      if set.values[1] and not IGNORED[set.type] then
        local one = copied(set)
        one.name = canonical(set.name)
        local key = key_of(one.name, one.type)
        known.before[key], known.now[key] = one, one
        known.types[one.name] = known.types[one.name] or {}
        known.types[one.name][#known.types[one.name] + 1] = one.type
      end
    end
  end
  return self
end

--- Is anything known of that zone?
-- @tparam string zone
-- @treturn boolean
function Scene:has(zone) return self.zones[zone] ~= nil end

--- The set of a name and type as it is now.
-- @tparam string zone
-- @tparam string name
-- @tparam string kind its type
-- @treturn ?table only to be read
function Scene:set(zone, name, kind) return self.zones[zone].now[key_of(name, kind)] end

--- The values of a set as it is now.
-- @tparam string zone
-- @tparam string name
-- @tparam string kind its type
-- @treturn {string,...} a new list
function Scene:values(zone, name, kind)
  local set = self:set(zone, name, kind)
  return set and copied(set).values or {}
end

--- The types that stand at a name now, in the order of the alphabet.
-- @tparam string zone
-- @tparam string name
-- @treturn {string,...}
function Scene:types(zone, name)
  local list = {}
  for _, kind in ipairs(self.zones[zone].types[name] or {}) do
    if self:set(zone, name, kind) then
      list[#list + 1] = kind
    end
  end
  table.sort(list)
  return list
end

--- The sets at a name and below it, as they are now, as far as they were read.
-- @tparam string zone
-- @tparam string name
-- @treturn {table,...} only to be read, in the order of names and types
function Scene:below(zone, name)
  local list = {}
  for _, set in pairs(self.zones[zone].now) do
    list[#list + 1] = is_within(set.name, name) and set or nil
  end
  table.sort(list, function(a, b) return key_of(a.name, a.type) < key_of(b.name, b.type) end)
  return list
end

--- Does a name exist in the zone, be it by what is below it (RFC 4592 §2.2)? As far as is known: what was read.
-- @tparam string zone
-- @tparam string name
-- @treturn boolean
function Scene:exists(zone, name)
  for _, set in pairs(self.zones[zone].now) do
    if is_within(set.name, name) then
      return true
    end
  end
  return false
end

--- The wildcard whose records answer for a name that does not exist (RFC 4592 §3.3.1).
-- @tparam string zone
-- @tparam string name
-- @treturn ?string the wildcard's name; nil where there is none, or the name exists
function Scene:wildcard(zone, name)
  if self:exists(zone, name) then
    return nil
  end
  local above = parent(name)
  while above and is_within(above, zone) do
    local wildcard = "*." .. above
    if #self:types(zone, wildcard) > 0 then
      return wildcard
    elseif self:exists(zone, above) then
      return nil
    end
    above = parent(above)
  end
end

--- Where the zone gives a name away: a delegation above the name or at it, or a DNAME above it.
-- @tparam string zone
-- @tparam string name
-- @treturn ?string the name of the NS or DNAME set
-- @treturn ?string "NS" or "DNAME"
function Scene:cut(zone, name)
  local found, kind
  local at = name
  while at and at ~= zone and is_within(at, zone) do
    if self:set(zone, at, "NS") and not self:set(zone, at, "SOA") then
      found, kind = at, "NS"
    elseif at ~= name and self:set(zone, at, "DNAME") then
      found, kind = at, "DNAME"
    end
    at = parent(at)
  end
  if name ~= zone and self:set(zone, zone, "DNAME") then
    return zone, "DNAME"
  end
  return found, kind
end

-- The TTL of a set that is not there yet.
local function new_ttl(options) return math.max(options.ttl or 3600, options.least_ttl or 0) end

--- Puts values in the place of those of a set, which keeps its TTL.
-- @tparam string zone
-- @tparam string name
-- @tparam string kind its type
-- @tparam {string,...} values none, where there is to be no such set
-- @tparam[opt] number ttl where there was none yet
function Scene:put(zone, name, kind, values, ttl)
  local known, key = self.zones[zone], key_of(name, kind)
  if not known.before[key] and not known.now[key] then
    known.types[name] = known.types[name] or {}
    table.insert(known.types[name], kind)
  end
  if not self.touched[zone .. " " .. key] then
    self.touched[zone .. " " .. key] = true
    self.order[#self.order + 1] = { zone = zone, key = key, name = name, type = kind }
  end
  local former = known.now[key] or known.before[key]
  known.now[key] = values[1] and copied {
    name = name, type = kind, ttl = former and former.ttl or ttl or new_ttl(self.options), values = values,
  } or nil
end

--- Takes a set from behind its host's proxy; it stays what it is otherwise.
-- @tparam string zone
-- @tparam string name
-- @tparam string kind its type
function Scene:uncover(zone, name, kind) self:put(zone, name, kind, self:values(zone, name, kind)) end

local function is_same(before, now)
  if not before or not now then
    return before == now
  end
  for i = 1, math.max(#before.values, #now.values) do
    if before.values[i] ~= now.values[i] then
      return false
    end
  end
  return before.ttl == now.ttl and before.proxied == now.proxied
end

--- The changes that make of the zones what they are now. What goes comes first, so that a CNAME and others never meet.
-- @treturn table by zone, a list of changes (`mailseal.publish.sets`); of zones without any there is none
function Scene:changes()
  local by_zone = {}
  local function add(goes)
    for _, touched in ipairs(self.order) do
      local known = self.zones[touched.zone]
      local before, now = known.before[touched.key], known.now[touched.key]
      if not is_same(before, now) and (now == nil) == goes then
        local list = by_zone[touched.zone] or {}
        by_zone[touched.zone] = list
        list[#list + 1] = {
          name = touched.name, type = touched.type, before = before and copied(before), after = now and copied(now),
        }
      end
    end
  end
  add(true)
  add(false)
  return by_zone
end

return M
