--- What is left to be done of changes to a zone, and what was done of them, by what stands there now. Pure.
-- @module mailseal.onboard.publishing.effect
local sets = require "mailseal.publish.sets"

local M = {}

local function key_of(one) return one.name .. " " .. one.type end

local function by_key(list)
  local found = {}
  for _, set in ipairs(list) do found[key_of(set)] = set end
  return found
end

local function is_condition(change) return sets.same(change.before, change.after) end

--- The names of some changes, each once.
-- @tparam {table,...} changes
-- @treturn {string,...}
function M.names(changes)
  local list, seen = {}, {}
  for _, change in ipairs(changes) do
    if not seen[change.name] then list[#list + 1], seen[change.name] = change.name, true end
  end
  return list
end

--- What is still to be done: what somebody has done already is left out.
-- @tparam {table,...} changes
-- @tparam {table,...} now the sets at their names
-- @treturn ?{table,...} empty where nothing is; nil where a set is neither what it was nor what it is to be
-- @treturn ?table of nil, the change that is meant
function M.remaining(changes, now)
  local list, found, is_open = {}, by_key(now), false
  for _, change in ipairs(changes) do
    local set = found[key_of(change)]
    local is_before = sets.same(set, change.before)
    if is_condition(change) then
      if not is_before then return nil, change end
      list[#list + 1] = change
    elseif not sets.same(set, change.after) then
      if not is_before then return nil, change end
      list[#list + 1], is_open = change, true
    end
  end
  return is_open and list or {}
end

local function counted(set)
  local count = {}
  for _, value in ipairs(set and set.values or {}) do count[value] = true end
  return count
end

-- The set that there would be, had nobody but us changed anything: of what was to be added, what is there; of what was to be taken away,
-- what is not.
local function reached(change, set)
  local before, after, here = counted(change.before), counted(change.after), counted(set)
  local values = {}
  for _, value in ipairs(change.before and change.before.values or {}) do
    if after[value] or here[value] then values[#values + 1] = value end
  end
  for _, value in ipairs(change.after and change.after.values or {}) do
    if not before[value] and here[value] then values[#values + 1] = value end
  end
  local like = set or change.after or change.before
  return values[1] and { name = change.name, type = change.type, ttl = like.ttl, values = values } or nil
end

--- What was done of changes that somebody has begun to make, and did not tell the end of.
-- @tparam {table,...} changes as they were intended
-- @tparam {table,...} now the sets at their names
-- @treturn {table,...} changes, those that were not made left out
function M.done(changes, now)
  local list, found = {}, by_key(now)
  for _, change in ipairs(changes) do
    local after = reached(change, found[key_of(change)])
    if not sets.same(change.before, after) then
      list[#list + 1] = { name = change.name, type = change.type, before = change.before, after = after }
    end
  end
  return list
end

--- Changes without those that are conditions alone.
-- @tparam {table,...} changes
-- @treturn {table,...}
function M.real(changes)
  local list = {}
  for _, change in ipairs(changes) do
    if not is_condition(change) then list[#list + 1] = change end
  end
  return list
end

return M
