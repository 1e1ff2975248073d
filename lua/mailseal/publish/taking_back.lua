--- The plan that takes back what was published; `mailseal.publish.ledger` is its face.
-- @module mailseal.publish.taking_back
local meaning = require "mailseal.publish.meaning"
local scenes = require "mailseal.publish.scene"
local sets = require "mailseal.publish.sets"
local share = require "mailseal.publish.spf_share"

local M = {}

-- Values with others at the place of the first that goes, or else at their end.
local function replaced(kind, values, goes, new)
  local list, is_done = {}, false
  local function add_new()
    for _, value in ipairs(is_done and {} or meaning.without(kind, new, values)) do
      list[#list + 1] = value
    end
    is_done = true
  end
  for _, value in ipairs(values) do
    if meaning.place(kind, goes, value) then
      add_new()
    else
      list[#list + 1] = value
    end
  end
  add_new()
  return list
end

local function is_spf(value) return share.is_one(value) end
local function is_none() return false end

-- ---- One set: what it is to be, and what is to be told where it does not become what it was.

-- What is ours is taken out. What was there before comes back where all of ours is there still, or nothing else would be left.
local function take_back(kind, now, added, taken)
  local gone = meaning.without(kind, added, now)
  local rest = replaced(kind, now, added, {})
  local is_whole = #gone == 0
  if is_whole or #gone < #added and #rest == 0 then
    return replaced(kind, now, added, taken)
  end
  return rest, #gone == #added and "left" or "part"
end

-- The same for the SPF record of a name.
local function take_back_spf(now, added, taken)
  if #meaning.without("TXT", added, now) == 0 then
    return replaced("TXT", now, added, taken)
  end
  local records = sets.parted(now, is_spf)
  local text = records[1] and not records[2] and share.without_ours(sets.joined(records[1]), added, taken)
  if not text then
    return now, "left"
  end
  return replaced("TXT", now, records, text ~= "" and { sets.text(text) } or {}), text ~= "" and "share" or nil
end

-- What a row's set is to be; and how far that is from what it was.
local function wish_of(row, now)
  local is = row.type == "TXT" and is_spf or is_none
  local spf_added, added = sets.parted(row.added, is)
  local spf_taken, taken = sets.parted(row.taken, is)
  local after, told, told_of_spf = now, nil, nil
  if added[1] or taken[1] then
    after, told = take_back(row.type, after, added, taken)
  end
  if spf_added[1] or spf_taken[1] then
    after, told_of_spf = take_back_spf(after, spf_added, spf_taken)
  end
  return after, told_of_spf or told
end

-- ---- A name: a CNAME is alone there (RFC 1034 §3.6.2).

-- Does a set only come back because something else of ours goes?
local function is_only_taken(row) return not row.added[1] end

-- Is one of ours at the name not there any more, so that others have the name now?
local function is_changed(wishes, row)
  for _, wish in ipairs(wishes) do
    if wish.row ~= row and wish.told == "left" and (wish.row.type == "CNAME" or row.type == "CNAME") then
      return true
    end
  end
  return false
end

-- What stays at the name of other types than a row's, whatever is taken back.
local function stays_beside(scene, wishes, row)
  local after = {}
  for _, kind in ipairs(scene:types(row.zone, row.name)) do
    after[kind] = true
  end
  for _, wish in ipairs(wishes) do
    after[wish.row.type] = wish.after[1] ~= nil or nil
  end
  for kind in pairs(after) do
    if kind ~= row.type and (kind == "CNAME" or row.type == "CNAME") then
      return true
    end
  end
  return false
end

-- Leaves out what cannot come back. What stands there goes before what stood there.
local function settle(scene, wishes)
  for _, wish in ipairs(wishes) do
    local comes = #meaning.without(wish.row.type, wish.after, wish.now) > 0
    local blocked = comes and not wish.now[1] and stays_beside(scene, wishes, wish.row)
    if comes and is_only_taken(wish.row) and is_changed(wishes, wish.row) or blocked then
      wish.after, wish.told = wish.now, "left"
    end
  end
end

-- ---- The plan.

local words = {
  left = "%s %s was changed by others since, and is left as it is.",
  part = "What is left of ours at %s %s goes; others have changed it since, and what was there before does not come back.",
  share = "%s %s was changed by others since: what is ours is taken out of it, and all else stays.",
}
local plain = {
  remove = "%s %s goes: there was none before.", change = "%s %s becomes what it was.", add = "%s %s comes back.",
  leave = "%s %s is what it was already.",
}

local function step_of(wish)
  local row, action = wish.row, "change"
  if sets.same({ values = wish.now }, { values = wish.after }) then
    action = "leave"
  elseif #wish.after == 0 then
    action = "remove"
  elseif #wish.now == 0 then
    action = "add"
  end
  return {
    action = action, zone = row.zone, name = row.name, type = row.type, before = wish.now, after = wish.after,
    text = (words[wish.told] or plain[action]):format(row.name, row.type),
  }
end

-- Rows of one name together, in the order in which the first of each comes.
local function by_name(rows)
  local groups, known = {}, {}
  for _, row in ipairs(rows) do
    local key = row.zone .. " " .. row.name
    if not known[key] then
      known[key] = {}
      groups[#groups + 1] = known[key]
    end
    table.insert(known[key], row)
  end
  return groups
end

--- Makes the plan. See `mailseal.publish.ledger.undo`.
-- @tparam {table,...} rows
-- @tparam table zones
-- @treturn table
function M.plan(rows, zones)
  local scene, steps = scenes.new(zones), {}
  for _, group in ipairs(by_name(rows)) do
    local wishes = {}
    for i, row in ipairs(scene:has(group[1].zone) and group or {}) do
      local now = scene:values(row.zone, row.name, row.type)
      local after, told = wish_of(row, now)
      wishes[i] = { row = row, now = now, after = after, told = told }
    end
    settle(scene, wishes)
    for _, wish in ipairs(wishes) do
      local row = wish.row
      scene:put(row.zone, row.name, row.type, wish.after, row.ttl)
      steps[#steps + 1] = step_of(wish)
    end
  end
  return { steps = steps, changes = scene:changes(), conflicts = {} }
end

return M
