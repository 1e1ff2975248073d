--- A TXT record with just its text, beside whatever other texts stand at the name.
-- @module mailseal.publish.judge.text
local patterns = require "mailseal.pattern"
local sets = require "mailseal.publish.sets"

local M = {}

--- The value to publish.
-- @tparam table record
-- @treturn ?string nil where it is not known
function M.value(record) return record.value and sets.text(record.value) end

-- A text without what pasting adds and loses: quotes, backslashes, white space and the case of letters.
local function bare(text)
  return (text:lower():gsub("[\"'\\%s]", ""):gsub("\194\160", ""):gsub("\226\128[\152\153\156\157\139]", ""))
end

--- Are two texts one and the same, but for what pasting does?
-- @tparam string a
-- @tparam string b
-- @treturn boolean
function M.is_altered(a, b) return a ~= b and bare(a) == bare(b) end

--- Has a text one of the forms that a record may have?
-- @tparam string value
-- @tparam table record
-- @treturn boolean
function M.has_form(value, record)
  for _, pattern in ipairs(type(record.pattern) == "table" and record.pattern or { record.pattern }) do
    local matches = patterns.compile(pattern)
    if matches and matches(value) then
      return true
    end
  end
  return false
end

-- What a text that goes is: a code of a finding, nil where it stays.
local function outdated(text, record)
  for _, migration in ipairs(record.migrations or {}) do
    if migration.from == text then
      return "record_migrating"
    end
  end
  return M.is_altered(text, record.value) and "record_altered" or nil
end

--- Judges it.
-- @tparam table case see `mailseal.publish.case`
-- @treturn table the step
function M.judge(case)
  local record, goes, code, found = case.record, {}, nil, nil
  for i, text in ipairs(case:texts()) do
    if text == record.value or M.has_form(text, record) then
      return case:keep()
    elseif record.value and outdated(text, record) then
      goes[i], code, found = true, outdated(text, record), text
    end
  end
  if not record.value then
    return case:leave(nil, "What its value is to be is not known.")
  end
  local values = case:replacing(function(i) return goes[i] end, M.value(record))
  return case:put(values, code and { code = code, fields = { found = found } })
end

return M
