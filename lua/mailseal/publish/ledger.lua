--- What is ours in zones: told from the changes that were made, kept as rows, and taken back by them.
--
--     rows = ledger.add(rows, changes)               -- after each publication
--     local plan = ledger.undo(rows, zones)          -- zones as they are now
--
-- A row is plain data, one for a set that we have changed: `zone`, `name`, `type`; `added`, values that we have put there; `taken`,
-- values that were there before us and that we took away; `ttl`, that of the set before us, nil where there was none.
-- @module mailseal.publish.ledger
local meaning = require "mailseal.publish.meaning"
local sets = require "mailseal.publish.sets"
local share = require "mailseal.publish.spf_share"
local taking_back = require "mailseal.publish.taking_back"

local M = {}

local function key_of(row) return row.zone .. " " .. row.name .. " " .. row.type end

local function copy(row)
  local new = { zone = row.zone, name = row.name, type = row.type, ttl = row.ttl, added = {}, taken = {} }
  for _, list in ipairs { "added", "taken" } do
    for i, value in ipairs(row[list]) do
      new[list][i] = value
    end
  end
  return new
end

-- ---- What others have done since: what we had put there and is not there any more is not ours any more, nor is what it took the place of.

-- Of SPF records: what stands there instead, without our share, is what would be there without us.
local function follow_spf(before, spf_added, spf_taken)
  local now = sets.parted(before, share.is_one)
  local text = now[1] and not now[2] and share.without_ours(sets.joined(now[1]), spf_added, spf_taken)
  if not text then
    return {}, {}
  end
  return { now[1] }, text ~= "" and { sets.text(text) } or {}
end

local function follow(row, before)
  local is_spf = row.type == "TXT" and share.is_one or function() return false end
  local spf_added, added = sets.parted(row.added, is_spf)
  local spf_taken, taken = sets.parted(row.taken, is_spf)
  local gone = meaning.without(row.type, added, before)
  if added[1] and #gone == #added then
    added, taken = {}, {}
  else
    added = meaning.without(row.type, added, gone)
  end
  if spf_added[1] and not meaning.place(row.type, before, spf_added[1]) then
    spf_added, spf_taken = follow_spf(before, spf_added, spf_taken)
  end
  row.added, row.taken = added, taken
  for _, value in ipairs(spf_added) do table.insert(row.added, value) end
  for _, value in ipairs(spf_taken) do table.insert(row.taken, value) end
end

-- ---- Rows.

-- Notes that a value is on one side now: where it was on the other before, that is undone.
local function move(kind, value, from, to)
  local at = meaning.place(kind, from, value)
  if at then
    table.remove(from, at)
  else
    to[#to + 1] = value
  end
end

local function values_of(set) return set and set.values or {} end

local function note(row, change)
  local before, after = values_of(change.before), values_of(change.after)
  follow(row, before)
  if not row.added[1] and not row.taken[1] then
    row.ttl = change.before and change.before.ttl
  end
  for _, value in ipairs(meaning.without(row.type, after, before)) do
    move(row.type, value, row.taken, row.added)
  end
  for _, value in ipairs(meaning.without(row.type, before, after)) do
    move(row.type, value, row.added, row.taken)
  end
end

--- The rows with what changes have made of them.
-- @tparam {table,...} rows those before, which stay as they are
-- @tparam table changes by zone, as a target has made them
-- @treturn {table,...} a new list; of what is as it was before us there is none
function M.add(rows, changes)
  local list, by_key, zones = {}, {}, {}
  for _, row in ipairs(rows) do
    list[#list + 1] = copy(row)
    by_key[key_of(row)] = list[#list]
  end
  for zone in pairs(changes) do
    zones[#zones + 1] = zone
  end
  table.sort(zones)
  for _, zone in ipairs(zones) do
    for _, change in ipairs(changes[zone]) do
      local row = { zone = zone, name = change.name, type = change.type, added = {}, taken = {} }
      local known = by_key[key_of(row)]
      if not known then
        by_key[key_of(row)], list[#list + 1], known = row, row, row
      end
      note(known, change)
    end
  end
  return (sets.parted(list, function(row) return row.added[1] or row.taken[1] end))
end

--- The rows with what an undoing's changes have made of them: where nothing of ours is left in a set, what it took the place of does not
-- come back any more either.
-- @tparam {table,...} rows those before, which stay as they are
-- @tparam table changes by zone, as a target has made them, of those of @{undo}
-- @treturn {table,...} a new list
function M.undone(rows, changes)
  local had = {}
  for _, row in ipairs(rows) do
    had[key_of(row)] = row.added[1] ~= nil
  end
  return (sets.parted(M.add(rows, changes), function(row) return row.added[1] or not had[key_of(row)] end))
end

--- The plan that takes it all back, leaving alone what others have changed since: of an SPF record that has others' additions our share
-- alone is taken out.
-- @function undo
-- @tparam {table,...} rows
-- @tparam table zones by zone, its sets at the names of the rows, as they are now
-- @treturn table as of `mailseal.publish.plan.make`, `steps`, `changes` and `conflicts`, of which there are none. Once it is applied the
--   rows are over: what it leaves alone is not ours any more
M.undo = taking_back.plan

return M
