--- Changes for DNS hosts whose interface changes one record, or one set of records, at a time: all of them, or none, as far as that goes.
--
-- What stands there is read again first, and where it is not what the changes name as `before`, nothing is done. Then each change is made
-- in small steps: a record that is to be another one is changed where it stands, so that there is never a moment with both or with
-- neither; what is new is added before anything is removed, except where it cannot stand beside that (a CNAME stands alone at its name,
-- RFC 1034 §3.6.2). Where a step fails, those before it are taken back, the last one first. Where the connection is lost, or the host
-- fails, before it is known what became of a step, what stands there is read, and that decides.
--
-- A **host** is a table of functions that ask it; each returns nil, a message, a code and details where it fails:
--
-- - `records(zone, names)`: a list of `id`, `name`, `type`, `ttl`, `value` (`mailseal.publish.sets`): all records at these names
--
-- and either, where records are changed by themselves,
--
-- - `add(zone, record)` and `remove(zone, record)`; `add` returns the id
-- - `edit(zone, record, value, ttl)`, nil where the host cannot do that: it may return another id
--
-- or, where it is whole sets that are written,
--
-- - `put(zone, set, before)`: makes that what stands there; `before` is what did, nil where there was none
-- - `drop(zone, set)`: removes it
--
-- and `least_ttl`, seconds to which each TTL that is below is raised; `ttl_apart`: does it change a set's TTL by itself, and not with its
-- values?
-- @module mailseal.publish.one_by_one
local sets = require "mailseal.publish.sets"
local steps = require "mailseal.publish.one_by_one.steps"
local target = require "mailseal.publish.target"

local M = {}

local function key_of(one) return one.name .. " " .. one.type end

--- The sets of a list of records.
-- @tparam {table,...} records as of a host's `records`
-- @treturn {table,...} as of `mailseal.publish.sets`, by name and type in order
function M.sets_of(records)
  local list, by_key = {}, {}
  for _, one in ipairs(records) do
    local set = by_key[key_of(one)]
    if not set then
      set = { name = one.name, type = one.type, ttl = one.ttl, values = {} }
      by_key[key_of(one)], list[#list + 1] = set, set
    end
    set.ttl = math.min(set.ttl, one.ttl)
    set.values[#set.values + 1] = one.value
  end
  table.sort(list, function(a, b) return key_of(a) < key_of(b) end)
  return list
end

local function names_of(changes)
  local list, seen = {}, {}
  for _, change in ipairs(changes) do
    if not seen[change.name] then seen[change.name], list[#list + 1] = true, change.name end
  end
  return list
end

local function read(host, zone, names)
  local records, message, code, details = host.records(zone, names)
  if not records then return nil, message, code, details end
  local by_key = {}
  for _, set in ipairs(M.sets_of(records)) do by_key[key_of(set)] = set end
  return { records = records, sets = by_key }
end

-- ---- where it goes wrong

-- The TTL that records of a set have, or some of them, in the place of what it was, where a change was to make it another.
local function other_ttl(change, records)
  local before, after = change.before, change.after
  if not before or not after or before.ttl == after.ttl then return nil end
  for _, record in ipairs(records) do
    if key_of(record) == key_of(change) and record.ttl ~= before.ttl then return record.ttl end
  end
end

-- The changes that are in effect: what stands there now beside what stood there.
local function in_effect(changes, now)
  local list = {}
  for _, change in ipairs(changes) do
    local found, ttl = now.sets[key_of(change)], other_ttl(change, now.records)
    if ttl or not sets.say_the_same(found, change.before) then
      if found then found.ttl = ttl or found.ttl end
      list[#list + 1] = { name = change.name, type = change.type, before = change.before, after = found }
    end
  end
  return list
end

-- What steps that were done make of the changes, where the host does not tell.
local function presumed(changes, done)
  local touched, list = {}, {}
  for _, step in ipairs(done) do touched[key_of(step)] = true end
  for _, change in ipairs(changes) do
    if touched[key_of(change)] then list[#list + 1] = change end
  end
  return list
end

local function half_done(run, cause, details)
  local now = read(run.host, run.zone, run.names)
  local done = now and in_effect(run.changes, now) or presumed(run.changes, run.done)
  if now and not done[1] then return nil, cause.message, cause.code, cause.details end
  local told = { done = done, cause = cause.code, unsure = not now or nil, retry_at = details and details.retry_at }
  return nil, ("%s; some of it was changed before, and could not be taken back"):format(cause.message), "half_done", told
end

-- What became of a step of which no answer came: true, false, or nil where that cannot be read either.
local function became(run, step)
  local now = read(run.host, run.zone, run.names)
  if not now then return nil end
  return steps.is_done(step, now.records)
end

-- Codes after which what was wanted may be there, because somebody else has done the same meanwhile.
local CONTRADICTED = { zone_moved = true, refused_record = true }

-- Does a step; where it is not known whether it was done, what stands there decides. True, or nil, a message, a code, details and whether
-- nothing can be known; true and true where it was somebody else who did it.
local function take(run, step)
  local ok, message, code, details = steps.take(run.host, run.zone, step)
  if ok then return true end
  if CONTRADICTED[code] and became(run, step) then return true, true end
  if details and details.unsure then
    local done = became(run, step)
    if done then return true end
    if done == nil then
      run.done[#run.done + 1] = step
      return nil, message, code, details, true
    end
    -- A host that was too slow may do it yet.
    if code ~= "timeout" then details.unsure = nil end
  end
  return nil, message, code, details
end

local function take_back(run, cause)
  for i = #run.done, 1, -1 do
    local ok, _, _, details = take(run, steps.reversed(run.done[i]))
    if not ok then return half_done(run, cause, details or cause.details) end
    run.done[i] = nil
  end
  return nil, cause.message, cause.code, cause.details
end

local function go(run, list)
  for _, step in ipairs(list) do
    local ok, message, code, details, lost = take(run, step)
    if not ok then
      local cause = { message = message, code = code, details = details }
      if lost then return half_done(run, cause, details) end
      return take_back(run, cause)
    end
    -- What others have done is not taken back.
    if not message then run.done[#run.done + 1] = step end
  end
  return true
end

--- Changes in which no TTL is below the least.
-- @tparam number least seconds
-- @tparam {table,...} changes as of `mailseal.publish.sets`
-- @treturn {table,...}
function M.lifted(least, changes)
  local list = {}
  for i, change in ipairs(changes) do
    local after = change.after
    if after and after.ttl < least then
      after = {}
      for name, value in pairs(change.after) do after[name] = value end
      after.ttl = least
    end
    list[i] = { name = change.name, type = change.type, before = change.before, after = after }
  end
  return list
end

--- Reads, and compares with what changes name as `before`.
-- @tparam table host see above
-- @tparam string zone
-- @tparam {table,...} changes as of `mailseal.publish.sets`
-- @treturn[1] {table,...} the records at their names
-- @treturn[1] {table,...} the changes, with TTLs that the host takes
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `zone_moved`, or a code of the host's
-- @treturn[2] ?table details
function M.check(host, zone, changes)
  local now, message, code, details = read(host, zone, names_of(changes))
  if not now then return nil, message, code, details end
  for _, change in ipairs(changes) do
    if not sets.say_the_same(now.sets[key_of(change)], change.before) then
      return nil, ("%s records at %s are not what was read: nothing was changed"):format(change.type, change.name), "zone_moved"
    end
  end
  return now.records, M.lifted(host.least_ttl or 0, changes)
end

local function way_of(host)
  if host.put then return host.ttl_apart and "values" or "sets" end
  return host.edit and "edits" or "records"
end

--- Makes changes.
-- @tparam table host see above
-- @tparam string zone
-- @tparam {table,...} changes as of `mailseal.publish.sets`
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `zone_moved`, `half_done` (details: `done`, `cause`, the code of what went wrong), or a code of the host's
-- @treturn[2] ?table details
function M.apply(host, zone, changes)
  if not changes[1] then return true end
  local records, message, code, details = M.check(host, zone, changes)
  if not records then return nil, message, code, details end
  local run = { host = host, zone = zone, names = names_of(changes), changes = message, done = {} }
  return go(run, steps.of(run.changes, records, way_of(host)))
end

-- ---- targets

-- A target's own methods as a host.
local function host_of(self)
  local host = { least_ttl = self.module.least_ttl, ttl_apart = self.module.ttl_apart }
  for _, name in ipairs { "records", "add", "edit", "remove", "put", "drop" } do
    host[name] = self[name] and function(...) return self[name](self, ...) end
  end
  return host
end

--- Makes the class of a target that is such a host: what has `records` and the others as methods, and `module`, gets `read` and `apply`.
-- @tparam string name for the metatable
-- @treturn table
function M.class(name)
  local class = target.class(name)

  function class:read(zone, names)
    local records, message, code, details = self:records(zone, names)
    if not records then return nil, message, code, details end
    return M.sets_of(records)
  end

  function class:apply(zone, changes) return M.apply(host_of(self), zone, changes) end

  return class
end

return M
