--- Changes for DNS hosts whose interface makes several of them by one request: all, or none.
--
-- What stands there is read again first, and where it is not what the changes name as `before`, nothing is asked for. How far the host
-- itself guards against a zone that moves between that reading and its own change is the host's matter, and told in its target. Where the
-- answer is lost, what stands there is read once more, and that decides.
--
-- A **host** is a table of functions that ask it; each returns nil, a message, a code and details where it fails:
--
-- - `sets(zone, names)`: all sets at these names (`mailseal.publish.sets`), which may have members of the host's own
-- - `change(zone, changes, now)`: makes them; `now(change)` is the set of that name and type as it was just read
-- @module mailseal.publish.all_at_once
local sets = require "mailseal.publish.sets"
local target = require "mailseal.publish.target"

local M = {}

local function key_of(one) return one.name .. " " .. one.type end

local function names_of(changes)
  local list, seen = {}, {}
  for _, change in ipairs(changes) do
    if not seen[change.name] then seen[change.name], list[#list + 1] = true, change.name end
  end
  return list
end

-- The sets at the changes' names, by name and type.
local function read(host, zone, changes)
  local list, message, code, details = host.sets(zone, names_of(changes))
  if not list then return nil, message, code, details end
  local by_key = {}
  for _, set in ipairs(list) do by_key[key_of(set)] = set end
  return by_key
end

-- Is a set to come out from behind its host's proxy?
local function uncovers(change) return change.before and change.after and change.before.proxied and not change.after.proxied end

-- Do all sets stand as the changes have them, in their member of that name?
local function stand(now, changes, member)
  for _, change in ipairs(changes) do
    local set = now[key_of(change)]
    local covered = member == "after" and uncovers(change) and set and set.proxied
    if covered or not sets.say_the_same(set, change[member]) then return false, change end
  end
  return true
end

-- Those that are no conditions alone.
local function to_make(changes)
  local list = {}
  for _, change in ipairs(changes) do
    local before, after = change.before, change.after
    local same = sets.same(before, after) and (before and before.ttl) == (after and after.ttl)
    if not same or uncovers(change) then list[#list + 1] = change end
  end
  return list
end

-- What became of changes of which no answer came.
local function settle(host, zone, changes, message, code, details)
  local now = read(host, zone, changes)
  if now and stand(now, changes, "after") then return true end
  -- A host that was too slow may do it yet.
  if now and code ~= "timeout" and stand(now, changes, "before") then details.unsure = nil end
  return nil, message, code, details
end

local function make(host, zone, changes, now)
  local done, message, code, details = host.change(zone, changes, function(change) return now[key_of(change)] end)
  if done then return true end
  if details and details.unsure then return settle(host, zone, changes, message, code, details) end
  return nil, message, code, details
end

--- Makes changes.
-- @tparam table host see above
-- @tparam string zone
-- @tparam {table,...} changes as of `mailseal.publish.sets`
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `zone_moved`, or a code of the host's
-- @treturn[2] ?table details
function M.apply(host, zone, changes)
  local now, message, code, details = read(host, zone, changes)
  if not now then return nil, message, code, details end
  local same, moved = stand(now, changes, "before")
  if not same then
    return nil, ("%s records at %s are not what was read: nothing was changed"):format(moved.type, moved.name), "zone_moved"
  end
  local list = to_make(changes)
  if not list[1] then return true end
  return make(host, zone, list, now)
end

--- Makes the class of a target that is such a host: what has `sets` and `change` as methods gets `read` and `apply`. What its sets have in
-- `told`, as the host tells it, is its own matter.
-- @tparam string name for the metatable
-- @treturn table
function M.class(name)
  local class = target.class(name)

  function class:read(zone, names)
    local list, message, code, details = self:sets(zone, names)
    if not list then return nil, message, code, details end
    for _, set in ipairs(list) do set.told = nil end
    return list
  end

  function class:apply(zone, changes)
    if not changes[1] then return true end
    return M.apply({
      sets = function(...) return self:sets(...) end, change = function(...) return self:change(...) end,
    }, zone, changes)
  end

  return class
end

return M
