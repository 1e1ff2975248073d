--- The steps that changes are made in where a DNS host takes one at a time.
--
-- A step is a table of `kind`, `name`, `type`, and
--
-- - "add", "remove": `record`
-- - "edit": `record`, and the `value` and `ttl` that it is to have
-- - "put": `before`, `after`: sets, nil where there is none
-- @module mailseal.publish.one_by_one.steps
local sets = require "mailseal.publish.sets"

local M = {}

local TEXTS = { TXT = true, SPF = true }

-- A value as it is compared.
local function spelled(kind, value)
  return TEXTS[kind] and sets.joined(value) or value
end

-- ---- what is to be done

local function key_of(one) return one.name .. " " .. one.type end

-- Takes out of a list of records one with a value; nil where there is none.
local function take_out(records, value)
  for i, record in ipairs(records) do
    if spelled(record.type, record.value) == value then return table.remove(records, i) end
  end
end

local function ttl_of(change, record)
  local before, after = change.before, change.after
  return before and before.ttl == after.ttl and record and record.ttl or after.ttl
end

-- Of one change, by records. Those that stay, those that become others where the host can do that, those that are new, those that go.
local function of_records(change, records, edits, list)
  local left, new = {}, {}
  for _, record in ipairs(records) do left[#left + 1] = record end
  for _, value in ipairs(change.after and change.after.values or {}) do
    local record = take_out(left, spelled(change.type, value))
    if not record then
      new[#new + 1] = value
    elseif record.ttl ~= ttl_of(change, record) then
      list[#list + 1] = { kind = edits and "edit" or "replace", record = record, value = record.value, ttl = change.after.ttl }
    end
  end
  while edits and left[1] and new[1] do
    local record = table.remove(left, 1)
    list[#list + 1] = { kind = "edit", record = record, value = table.remove(new, 1), ttl = ttl_of(change, record) }
  end
  for _, value in ipairs(new) do
    list[#list + 1] = { kind = "add", record = { name = change.name, type = change.type, value = value, ttl = change.after.ttl } }
  end
  for _, record in ipairs(left) do list[#list + 1] = { kind = "remove", record = record } end
end

-- A host that cannot edit has another TTL only by removing the record and adding it.
local function without_replacing(list)
  local all = {}
  for _, step in ipairs(list) do
    if step.kind ~= "replace" then
      all[#all + 1] = step
    else
      local record, same = step.record, {}
      for name, value in pairs(record) do same[name] = value end
      same.id, same.ttl = nil, step.ttl
      all[#all + 1] = { kind = "remove", record = record, first = true }
      all[#all + 1] = { kind = "add", record = same }
    end
  end
  return all
end

-- The names at which a CNAME comes or goes: there what goes goes first.
local function alone(changes)
  local names = {}
  for _, change in ipairs(changes) do
    if change.type == "CNAME" then names[change.name] = true end
  end
  return names
end

-- The order: what has to make room, what is new, what becomes another, what goes.
local function place_of(step, names)
  local goes = step.kind == "remove" or step.kind == "put" and not step.after
  if goes then return (step.first or names[step.name]) and 1 or 4 end
  return step.kind == "add" and 2 or step.kind == "put" and not step.before and 2 or 3
end

local function in_order(list, names)
  local order = {}
  for place = 1, 4 do
    for _, step in ipairs(list) do
      if place_of(step, names) == place then order[#order + 1] = step end
    end
  end
  return order
end

-- Of one change, by sets. Where the host changes a TTL by itself, a step does one or the other: none is ever done by halves.
local function of_sets(change, apart)
  local before, after = change.before, change.after
  if not (apart and before and after) or before.ttl == after.ttl then return { { kind = "put", before = before, after = after } } end
  local same = sets.say_the_same(before, after)
  local first = { name = change.name, type = change.type, ttl = before.ttl, values = same and before.values or after.values }
  local last = { name = change.name, type = change.type, ttl = after.ttl, values = first.values }
  local slower = { kind = "put", before = first, after = last }
  return same and { slower } or { { kind = "put", before = before, after = first }, slower }
end

local function same_set(a, b)
  return sets.say_the_same(a, b) and (a and a.ttl) == (b and b.ttl)
end

--- The steps that make changes, in order.
-- @tparam {table,...} changes as of `mailseal.publish.sets`
-- @tparam {table,...} records what stands there at their names
-- @tparam string way "sets", "values" (sets, whose TTL is changed by itself), "edits" (records, which can be changed) or "records"
-- @treturn {table,...}
function M.of(changes, records, way)
  local by_key, list = {}, {}
  for _, record in ipairs(records) do
    by_key[key_of(record)] = by_key[key_of(record)] or {}
    table.insert(by_key[key_of(record)], record)
  end
  for _, change in ipairs(changes) do
    local own = {}
    if way == "edits" or way == "records" then
      of_records(change, by_key[key_of(change)] or {}, way == "edits", own)
    elseif not same_set(change.before, change.after) then
      own = of_sets(change, way == "values")
    end
    for _, step in ipairs(without_replacing(own)) do
      step.name, step.type = change.name, change.type
      list[#list + 1] = step
    end
  end
  return in_order(list, alone(changes))
end

-- ---- doing it

local function put(host, zone, before, after)
  if after then return host.put(zone, after, before) end
  return host.drop(zone, before)
end

--- Does a step.
-- @tparam table host see `mailseal.publish.one_by_one`
-- @tparam string zone
-- @tparam table step
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string
-- @treturn[2] ?table
function M.take(host, zone, step)
  local ok, message, code, details
  if step.kind == "put" then
    ok, message, code, details = put(host, zone, step.before, step.after)
  elseif step.kind == "edit" then
    ok, message, code, details = host.edit(zone, step.record, step.value, step.ttl)
  else
    ok, message, code, details = host[step.kind](zone, step.record)
  end
  if not ok then return nil, message, code, details end
  if ok ~= true then step.record.id = ok end
  return true
end

--- The step that takes one back.
-- @tparam table step one that was done
-- @treturn table
function M.reversed(step)
  if step.kind == "put" then
    return { kind = "put", name = step.name, type = step.type, before = step.after, after = step.before }
  elseif step.kind ~= "edit" then
    return { kind = step.kind == "add" and "remove" or "add", name = step.name, type = step.type, record = step.record }
  end
  local was = step.record
  local is = { id = was.id, name = was.name, type = was.type, value = step.value, ttl = step.ttl }
  return { kind = "edit", name = step.name, type = step.type, record = is, value = was.value, ttl = was.ttl }
end

local function count(records, name, kind, value, id)
  local n, found = 0, nil
  for _, record in ipairs(records) do
    if record.name == name and record.type == kind and spelled(kind, record.value) == spelled(kind, value) then
      n, found = n + 1, record.id == id and record or found or record
    end
  end
  return n, found
end

local function set_at(records, step)
  local set
  for _, record in ipairs(records) do
    if record.name == step.name and record.type == step.type then
      set = set or { type = step.type, ttl = record.ttl, values = {} }
      set.ttl = math.min(set.ttl, record.ttl)
      set.values[#set.values + 1] = record.value
    end
  end
  return set
end

--- Was a step done, by what stands there now? An id that the host has made meanwhile is kept in the step.
-- @tparam table step
-- @tparam {table,...} records as the host tells them now
-- @treturn boolean
function M.is_done(step, records)
  if step.kind == "put" then
    return same_set(set_at(records, step), step.after)
  elseif step.kind == "edit" then
    local n, found = count(records, step.name, step.type, step.value, step.record.id)
    return n > 0 and found.ttl == step.ttl
  end
  local n, found = count(records, step.name, step.type, step.record.value, step.record.id)
  if step.kind == "remove" then return n == 0 end
  if found then step.record.id = found.id end
  return n > 0
end

return M
