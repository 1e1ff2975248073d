--- What is to be changed in a domain's zones so that they say of our own keys what is so: nothing else is touched, and nothing that may be
-- somebody else's. Pure.
--
-- At a name that is a key's selector stands that key, or that it is revoked: such a value is ours, whoever has entered it.
-- @module mailseal.onboard.publishing.key_changes
local key_records = require "mailseal.onboard.key_records"
local record = require "mailseal.record"
local sets = require "mailseal.publish.sets"

local M = {}

-- What a value has of a key: "key", "revoked"; nil for something else.
local function word_of(value, key)
  local text = sets.joined(value) or ""
  local parsed, _, code = record.parse("dkim", text)
  if code == "key_revoked" then return "revoked" end
  return parsed and text:gsub("%s", ""):find("p=" .. key.public, 1, true) and "key" or nil
end

--- The values of a set that are a key's.
-- @tparam ?table set at its name
-- @tparam table key as of `mailseal.store.keys`
-- @treturn {string,...}
function M.own(set, key)
  local list = {}
  for _, value in ipairs(set and set.values or {}) do list[#list + 1] = word_of(value, key) and value or nil end
  return list
end

-- A set with other values in the place of a key's; nil where none is left.
local function with(set, key, value)
  local values = { value }
  for _, one in ipairs(set.values) do
    if not word_of(one, key) then values[#values + 1] = one end
  end
  return values[1] and { name = set.name, type = set.type, ttl = set.ttl, values = values } or nil
end

local function has(set, key, word)
  for _, value in ipairs(set and set.values or {}) do
    if word_of(value, key) == word then return true end
  end
  return false
end

local to_add = { awaited = true, spreading = true }

-- The set as it is to be: that which is there, where nothing is to be done. Returns false where something else is in the way.
local function wanted(key, set, others, ttl)
  local text = key_records.text(key)
  if to_add[key.state] and not has(set, key, "key") then
    if set or others then return false end
    return { type = "TXT", ttl = ttl, values = { sets.text(text) } }
  elseif key.state == "revoked" and has(set, key, "key") then
    return with(set, key, sets.text(text))
  elseif key.state == "removed" and M.own(set, key)[1] then
    return with(set, key, nil)
  end
  return set
end

-- The TXT set at a name, and whether there is anything else.
local function found_at(list, name)
  local set, others
  for _, one in ipairs(list) do
    if one.name == name and one.type == "TXT" then set = one elseif one.name == name then others = true end
  end
  return set, others
end

--- The changes.
-- @tparam {table,...} keys of the domain, as of `mailseal.store.keys`
-- @tparam string domain
-- @tparam table there `zone_of`: by name, the zone that it is in, of those that can be written to; `zones`: by zone, its sets at those
--   names; `ttl`: of new records
-- @treturn table by zone, changes (`mailseal.publish.sets`)
-- @treturn {string,...} names at which something else stands, so that a key cannot be published
function M.changes(keys, domain, there)
  local by_zone, blocked = {}, {}
  for _, key in ipairs(keys) do
    local name = key_records.name(key.selector, domain)
    local zone = not key.target and there.zone_of[name]
    if zone then
      local set, others = found_at(there.zones[zone], name)
      local after = wanted(key, set, others, there.ttl)
      if after == false then
        blocked[#blocked + 1] = name
      elseif after ~= set then
        if after then after.name = name end
        by_zone[zone] = by_zone[zone] or {}
        table.insert(by_zone[zone], { name = name, type = "TXT", before = set, after = after })
      end
    end
  end
  return by_zone, blocked
end

--- Has a key anything to be published, or taken away, by whoever has access to the zone?
-- @tparam table key
-- @treturn boolean
function M.concerns(key)
  return not key.target and (to_add[key.state] or key.state == "revoked" or key.state == "removed") or false
end

return M
