--- What is ours in zones: told from the changes that were made, kept as rows, and taken back by them.
--
-- A row is plain data: `zone`, `name`, `type`; `added`, values that we have put there; `taken`, values that we took away; `ttl`, that of
-- the set before us, nil where there was none.
-- @module mailseal.publish.ledger
local scenes = require "mailseal.publish.scene"

local M = {}

local function key_of(row) return row.zone .. " " .. row.name .. " " .. row.type end

local function place_of(list, value)
  for i, one in ipairs(list) do
    if one == value then
      return i
    end
  end
end

-- The values of one list that are not in the other.
local function without(values, others)
  local list = {}
  for _, value in ipairs(values) do
    if not place_of(others, value) then
      list[#list + 1] = value
    end
  end
  return list
end

-- Notes that a value is on one side now: where it was on the other before, that is undone.
local function move(value, from, to)
  local at = place_of(from, value)
  if at then
    table.remove(from, at)
  else
    to[#to + 1] = value
  end
end

local function values_of(set) return set and set.values or {} end

local function note(row, change)
  for _, value in ipairs(without(values_of(change.after), values_of(change.before))) do
    move(value, row.taken, row.added)
  end
  for _, value in ipairs(without(values_of(change.before), values_of(change.after))) do
    move(value, row.added, row.taken)
  end
end

local function copy(row)
  return {
    zone = row.zone, name = row.name, type = row.type, ttl = row.ttl, added = without(row.added, {}), taken = without(row.taken, {}),
  }
end

--- The rows with what changes have made of them.
-- @tparam {table,...} rows those before, which stay as they are
-- @tparam table changes by zone, as a target has made them
-- @treturn {table,...} a new list; of what is as it was before us there is none
function M.add(rows, changes)
  local list, by_key = {}, {}
  for _, row in ipairs(rows) do
    list[#list + 1] = copy(row)
    by_key[key_of(row)] = list[#list]
  end
  for zone, all in pairs(changes) do
    for _, change in ipairs(all) do
      local row = { zone = zone, name = change.name, type = change.type, added = {}, taken = {} }
      row.ttl = change.before and change.before.ttl
      local known = by_key[key_of(row)]
      if not known then
        by_key[key_of(row)], list[#list + 1], known = row, row, row
      end
      note(known, change)
    end
  end
  local kept = {}
  for _, row in ipairs(list) do
    kept[#kept + 1] = (row.added[1] or row.taken[1]) and row or nil
  end
  return kept
end

--- The plan that takes it all back, leaving alone what others have changed since.
-- @tparam {table,...} rows
-- @tparam table zones by zone, its sets at the names of the rows, as they are now
-- @treturn table as of `mailseal.publish.plan.make`, without conflicts. Once it is applied the rows are over: what it leaves is not ours
--   any more
function M.undo(rows, zones)
  local scene, steps = scenes.new(zones), {}
  for _, row in ipairs(rows) do
    local now = scene:values(row.zone, row.name, row.type)
    local after = without(now, row.added)
    if #without(row.added, now) == 0 then
      for _, value in ipairs(row.taken) do
        after[#after + 1] = not place_of(after, value) and value or nil
      end
    end
    scene:put(row.zone, row.name, row.type, after)
    steps[#steps + 1] = {
      name = row.name, type = row.type, zone = row.zone, before = now, after = after,
      action = #after == 0 and "remove" or #now == 0 and "add" or "change", text = "As it was before.",
    }
  end
  return { steps = steps, changes = scene:changes(), conflicts = {} }
end

return M
