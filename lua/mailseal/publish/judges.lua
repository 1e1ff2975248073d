--- What each kind of record comes to, where it is to be published: a judge for each.
-- @module mailseal.publish.judges
local sets = require "mailseal.publish.sets"

local M = {}

-- The value as zones hold it.
local function value_of(record)
  local value = record.value or record.target
  if record.type == "TXT" then
    return sets.text(value)
  end
  return value:lower():gsub("%.$", "") .. "."
end

local function judge(case)
  local record = case.record
  if not case.values then
    return case:leave("record_zone_delegated", { where = case.zone or "another" })
  elseif record.status == "found" and case.values[1] then
    return case:keep()
  elseif not (record.value or record.target) then
    return case:leave(nil, "What its value is to be is not known.")
  end
  local value = value_of(record)
  if case:find(function(one) return one == value or one:lower() == value end) then
    return case:keep()
  elseif #case.types == 0 or record.type == "TXT" and case.types[1] ~= "CNAME" then
    return case:put(case:with(value))
  end
  return case:conflict("record_other_value", { found = case.values, expected = value }, { value })
end

--- Judges a case, which ends it.
-- @tparam table case see `mailseal.publish.case`
-- @treturn table the step
function M.judge(case) return judge(case) end

return M
