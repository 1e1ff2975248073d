--- Do the name servers show what was written? Asked are those of each record's zone, past all caches: what a DNS host answered to whoever
-- wrote is not believed.
-- @module mailseal.onboard.publishing.look
local async = require "mailseal.async"
local sets = require "mailseal.publish.sets"

local M = {}

-- Names that are asked for side by side.
local SIDE_BY_SIDE = 10

local readable = {}
for _, kind in ipairs(sets.READ) do readable[kind] = true end

-- A value as it is compared: how a text is split is the host's affair.
local function essence(kind, value) return kind == "TXT" and sets.joined(value) or value:lower() end

local function values_of(kind, set)
  local found = {}
  for _, value in ipairs(set and set.values or {}) do found[essence(kind, value)] = true end
  return found
end

-- Does an answer show a change?
local function shows(answer, alias, change)
  local here
  if answer.status == "nodata" or answer.status == "nxdomain" or alias and change.type ~= "CNAME" then
    here = {}
  elseif answer.status == "ok" then
    here = values_of(change.type, sets.of_records(change.name, change.type, answer.records))
  else
    return nil
  end
  local after = values_of(change.type, change.after)
  for value in pairs(after) do
    if not here[value] then return false end
  end
  for value in pairs(values_of(change.type, change.before)) do
    if not after[value] and here[value] then return false end
  end
  return true
end

-- Looks for one change. Returns nil where it is shown, or else what there is to tell.
local function look_at(resolver, zone, change)
  local told = { zone = zone, name = change.name, type = change.type }
  local found, message = resolver:authoritative(change.name, change.type, { fresh = true })
  if not found then
    told.text = message
    return told
  end
  local lacking, answered = {}, 0
  for _, group in ipairs(found.groups) do
    local shown = shows(group.answer, group.alias, change)
    answered = answered + (shown ~= nil and #group.servers or 0)
    for _, server in ipairs(shown == false and group.servers or {}) do lacking[#lacking + 1] = server end
  end
  if answered > 0 and not lacking[1] then return nil end
  table.sort(lacking)
  told.servers = lacking[1] and lacking or nil
  local where = found.zone or zone
  told.text = answered == 0 and ("no name server of %s answers: %s"):format(where, found.summary or found.reason or found.status)
    or ("%d of %d name servers of %s do not show %s %s yet: %s"):format(#lacking, answered, where, change.name, change.type,
      table.concat(lacking, ", "))
  return told
end

-- Those of some changes that are not shown.
local function look_at_all(resolver, list)
  local told = async.map(list, SIDE_BY_SIDE, function(one) return look_at(resolver, one.zone, one.change) or false end)
  local open, missing = {}, {}
  for i, one in ipairs(list) do
    if told[i] then open[#open + 1], missing[#missing + 1] = one, told[i] end
  end
  return open, missing
end

--- Looks until all is shown, or the time is over.
-- @tparam table resolver
-- @tparam table changes by zone
-- @tparam table options `wait`, `look_first`, `look_most`: as of `mailseal.onboard.publishing.policy`
-- @treturn {table,...} what is not shown yet, empty where all is: `zone`, `name`, `type`; `servers`, the names of those that do not show
--   it, nil where none answers; `text`
function M.look(resolver, changes, options)
  local open, missing = {}, {}
  for zone, list in pairs(changes) do
    for _, change in ipairs(list) do
      if readable[change.type] then open[#open + 1] = { zone = zone, change = change } end
    end
  end
  table.sort(open, function(a, b)
    if a.change.name ~= b.change.name then return a.change.name < b.change.name end
    return a.change.type < b.change.type
  end)
  local ends, pause = async.now() + options.wait, options.look_first
  while open[1] do
    open, missing = look_at_all(resolver, open)
    local left = ends - async.now()
    if not open[1] or left <= 0 then break end
    async.sleep(math.min(pause, left))
    pause = math.min(pause * 2, options.look_most)
  end
  return missing
end

return M
