--- What is left to be done of changes to a zone, and what was done of them, by what stands there now. Pure.
-- @module mailseal.onboard.publishing.effect
local meaning = require "mailseal.publish.meaning"
local sets = require "mailseal.publish.sets"

local M = {}

local function key_of(one) return one.name .. " " .. one.type end

local function by_key(list)
  local found = {}
  for _, set in ipairs(list) do found[key_of(set)] = set end
  return found
end

-- Does a change take a set from behind its host's proxy?
local function uncovers(change) return change.before and change.after and change.before.proxied and not change.after.proxied or false end

local function is_condition(change) return sets.same(change.before, change.after) and not uncovers(change) end

-- Is a set as a change wants it?
local function is_done(set, change)
  return sets.say_the_same(set, change.after) and not (uncovers(change) and set.proxied)
end

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
    local is_before = sets.say_the_same(set, change.before)
    if is_before and not sets.same(set, change.before) then
      -- A host that cuts texts into other strings than they were entered in wants to hear what it has.
      change = { name = change.name, type = change.type, before = set, after = is_condition(change) and set or change.after }
    end
    if is_condition(change) then
      if not is_before then return nil, change end
      list[#list + 1] = change
    elseif not is_done(set, change) then
      if not is_before then return nil, change end
      list[#list + 1], is_open = change, true
    end
  end
  return is_open and list or {}
end

-- What the values of a set say, as keys.
local function said(kind, set)
  local list = {}
  for _, value in ipairs(set and set.values or {}) do list[meaning.of(kind, value)] = true end
  return list
end

-- The set that there would be, had nobody but us changed anything: of what was to be added, what is there; of what was to be taken away,
-- what is not.
local function reached(change, set)
  local kind = change.type
  local before, after, here = said(kind, change.before), said(kind, change.after), said(kind, set)
  local values = {}
  for _, value in ipairs(change.before and change.before.values or {}) do
    local key = meaning.of(kind, value)
    if after[key] or here[key] then values[#values + 1] = value end
  end
  for _, value in ipairs(change.after and change.after.values or {}) do
    local key = meaning.of(kind, value)
    if not before[key] and here[key] then values[#values + 1] = value end
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
    local set = found[key_of(change)]
    local after = reached(change, set)
    if not sets.same(change.before, after) or uncovers(change) and set and not set.proxied then
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
