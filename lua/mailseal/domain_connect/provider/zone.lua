--- What of a zone a template is about, while it is changed: record by record, and in the end the changes of its sets.
-- @module mailseal.domain_connect.provider.zone
local sets = require "mailseal.publish.sets"

local M = {}

local Zone = { __name = "mailseal.domain_connect.provider.zone" }
Zone.__index = Zone

-- What each zone has by itself, and DNSSEC: no template is about it.
local ITSELF = {}
for kind in ("SOA RRSIG NSEC NSEC3 NSEC3PARAM DNSKEY CDS CDNSKEY"):gmatch "%S+" do ITSELF[kind] = true end

-- Two spellings of a value are one.
local function same(kind, a, b)
  return a == b or (sets.octets(kind, a) or a) == (sets.octets(kind, b) or b)
end

M.same = same

--- Makes it.
-- @tparam string name the zone's
-- @tparam {table,...} list sets (`mailseal.publish.sets`) as they stand there
-- @treturn table
function M.new(name, list)
  local self = setmetatable({ name = name, by_name = {}, order = {} }, Zone)
  for _, set in ipairs(list) do
    if not ITSELF[set.type] and not (set.type == "NS" and set.name == name) then self:slot(set.name, set.type).before = set end
  end
  for _, slot in ipairs(self.order) do
    slot.ttl = slot.before.ttl
    for i, value in ipairs(slot.before.values) do slot.values[i] = value end
  end
  return self
end

--- The place of a set, made where there is none.
-- @tparam string name
-- @tparam string kind its type
-- @treturn table `name`, `type`, `values`, `ttl`, `before`
function Zone:slot(name, kind)
  local kinds = self.by_name[name] or {}
  self.by_name[name] = kinds
  if not kinds[kind] then
    kinds[kind] = { name = name, type = kind, values = {} }
    self.order[#self.order + 1] = kinds[kind]
  end
  return kinds[kind]
end

-- Where a value is in a set.
local function find(slot, value)
  for i, one in ipairs(slot.values) do
    if same(slot.type, one, value) then return i end
  end
end

--- Is a record there?
-- @tparam string name
-- @tparam string kind
-- @tparam string value
-- @treturn boolean
function Zone:has(name, kind, value) return find(self:slot(name, kind), value) ~= nil end

--- Takes a record out; nothing where it is not there.
-- @tparam string name
-- @tparam string kind
-- @tparam string value
function Zone:remove(name, kind, value)
  local slot = self:slot(name, kind)
  local place = find(slot, value)
  if place then table.remove(slot.values, place) end
end

--- Puts a record in. A set has one TTL: the lowest that is asked for.
-- @tparam string name
-- @tparam string kind
-- @tparam string value
-- @tparam ?number ttl nil where it is as it was
function Zone:add(name, kind, value, ttl)
  local slot = self:slot(name, kind)
  slot.ttl = slot.values[1] and slot.ttl and math.min(slot.ttl, ttl or slot.ttl) or ttl or slot.ttl
  if not find(slot, value) then slot.values[#slot.values + 1] = value end
end

--- The records at a name.
-- @tparam string name
-- @treturn {table,...} `name`, `type`, `value`
function Zone:at(name)
  local list = {}
  for _, slot in ipairs(self.order) do
    for _, value in ipairs(slot.name == name and slot.values or {}) do
      list[#list + 1] = { name = name, type = slot.type, value = value }
    end
  end
  return list
end

local function change_of(slot)
  local before = slot.before
  if sets.same(before, slot) and (not before or before.ttl == slot.ttl or not slot.values[1]) then return nil end
  return {
    name = slot.name, type = slot.type, before = before,
    after = slot.values[1] and { name = slot.name, type = slot.type, ttl = slot.ttl, values = slot.values } or nil,
  }
end

--- What was changed.
-- @treturn {table,...} changes (`mailseal.publish.sets`), those that only take away first
function Zone:changes()
  local list = {}
  for _, slot in ipairs(self.order) do list[#list + 1] = change_of(slot) end
  table.sort(list, function(a, b)
    local a_goes, b_goes = not a.after, not b.after
    if a_goes ~= b_goes then return a_goes end
    return a.name == b.name and a.type < b.type or a.name < b.name
  end)
  return list
end

return M
