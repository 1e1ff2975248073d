--- NS records that give a name to other name servers.
-- @module mailseal.publish.judge.delegation
local is_within = require "mailseal.dns.name".is_within
local sets = require "mailseal.publish.sets"

local M = {}

--- The value to publish.
-- @tparam table record
-- @treturn ?string nil where it is not known
function M.value(record) return record.value and sets.spelled("NS", record.value) end

-- All name servers that are wanted.
local function wanted_of(record)
  local wanted = {}
  for _, host in ipairs(record.hosts or { record.value }) do
    wanted[sets.spelled("NS", host)] = true
  end
  return wanted
end

-- What nobody would see any longer: all that stands at the name or below it, as far as it is known.
local function hidden_by(case)
  local list = {}
  for _, set in ipairs(case.scene:below(case.zone, case.name)) do
    if set.name ~= case.name or set.type ~= "NS" and set.type ~= "DS" then
      list[#list + 1] = set.name .. " " .. set.type
    end
  end
  return list
end

-- Servers that stand there and are not wanted.
local function others_in(case, wanted)
  local others, foreign = {}, false
  for i, value in ipairs(case.values) do
    if not wanted[value:lower()] then
      others[i], foreign = true, foreign or not case:is_ours(value)
    end
  end
  return others, foreign
end

--- Judges it.
-- @tparam table case see `mailseal.publish.case`
-- @treturn table the step
function M.judge(case)
  local value, wanted = M.value(case.record), wanted_of(case.record)
  if case.name == case.zone or not is_within(case.name, case.zone) then
    return case:leave("record_outside_zones", { where = case.zone })
  elseif not value then
    return case:leave(nil, "What its value is to be is not known.")
  end
  local others, foreign = others_in(case, wanted)
  local has = false
  for _, one in ipairs(case.values) do
    has = has or one:lower() == value
  end
  if has and not next(others) then
    return case:keep()
  end
  local values = case:replacing(function(i) return others[i] end, not has and value or nil)
  if foreign then
    return case:conflict("delegation_wrong", { found = case.values }, values)
  end
  local hidden = hidden_by(case)
  if hidden[1] and not case.values[1] then
    return case:conflict("delegation_hides_records", { found = hidden }, values)
  end
  return case:put(values)
end

return M
