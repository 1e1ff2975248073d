--- A CNAME, which stands alone at its name (RFC 1034 §3.6.2).
-- @module mailseal.publish.judge.alias
local sets = require "mailseal.publish.sets"
local text_judge = require "mailseal.publish.judge.text"
local to_ascii = require "mailseal.domain".to_ascii

local M = {}

-- The name that it is to lead to, without a dot at its end.
local function target_of(record)
  local value = record.target or record.value
  value = value and value:find "[\128-\255]" and to_ascii(value) or value
  return value and (sets.spelled("CNAME", value) or ""):gsub("%.$", "") or nil
end

--- The value to publish.
-- @tparam table record
-- @treturn ?string nil where it is not known
function M.value(record)
  local target = target_of(record)
  return target and target ~= "" and target .. "." or nil
end

local function is_right(target, record)
  return target == target_of(record) or text_judge.has_form(target, record)
end

-- Why a target may have another in its place: a code; false where that needs nothing to be told, nil where it may not.
local function reason(case, value)
  local target, wanted = value:gsub("%.$", ""):lower(), target_of(case.record)
  if is_right(target, case.record) then
    return false
  end
  for _, migration in ipairs(case.record.migrations or {}) do
    if migration.from:lower():gsub("%.$", "") == target then
      return "record_migrating"
    end
  end
  if wanted and target == wanted .. "." .. case.zone then
    return "cname_target_doubled"
  end
  if case:is_ours(value) then
    return false
  end
end

-- Several CNAMEs at one name, or one that leads elsewhere.
local function judge_target(case, value)
  local code, others = nil, case:other_types()
  for _, one in ipairs(case.values) do
    local why = reason(case, one)
    if why == nil then
      return case:conflict("cname_wrong_target", { found = case.values, expected = value }, { value }, { others = others })
    end
    code = why or code
  end
  if not case:are_ours(others) then
    return case:conflict("cname_and_other", { found = case.values, other = others }, { value }, { others = others })
  end
  return case:put({ value }, { code = code, fields = { found = case.values, expected = value }, others = others })
end

local function shown(case, kinds)
  local list = {}
  for _, kind in ipairs(kinds) do
    for _, value in ipairs(case:values_of(kind)) do
      list[#list + 1] = kind .. " " .. value
    end
  end
  return list
end

-- Does a TXT record say where the CNAME is to lead to?
local function is_pasted(case, kinds)
  local values = case:values_of "TXT"
  local text = #kinds == 1 and #values == 1 and sets.joined(values[1])
  return text and is_right(text:lower():gsub("%.?%s*$", ""):gsub("^%s*", ""), case.record)
end

-- What stands in its place.
local function judge_others(case, others, value)
  if case:are_ours(others) then
    return case:put({ value }, { others = others })
  elseif is_pasted(case, others) then
    return case:conflict("cname_target_in_txt", { found = case:values_of "TXT" }, { value }, { others = others })
  end
  return case:conflict("cname_replaced", { other = others, found = shown(case, others), expected = value }, { value },
    { others = others })
end

--- Judges it.
-- @tparam table case see `mailseal.publish.case`
-- @treturn table the step
function M.judge(case)
  local value, others = M.value(case.record), case:other_types()
  if #case.values == 1 and #others == 0 and is_right(case.values[1]:gsub("%.$", ""):lower(), case.record) then
    return case:is_proxied() and case:uncover "cname_proxied" or case:keep()
  elseif not value then
    return case:leave(nil, "What its value is to be is not known.")
  elseif case.name == case.zone then
    return case:leave("cname_at_apex", {})
  elseif case.values[1] then
    return judge_target(case, value)
  elseif others[1] then
    return judge_others(case, others, value)
  end
  return case:put { value }
end

return M
