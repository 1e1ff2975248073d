--- The TXT record at a selector: a key, or that a key is revoked (RFC 6376 §3.6). There is to be one record and no other (§3.6.2.2).
-- @module mailseal.publish.judge.key
local record_of = require "mailseal.record"
local same_key = require "mailseal.record.dkim".same_key
local text_judge = require "mailseal.publish.judge.text"

local M = {}

--- The value to publish.
-- @function value
-- @tparam table record
-- @treturn ?string nil where it is not known
M.value = text_judge.value

-- What is to be there.
local function wanted_of(record)
  local text = record.key or record.value
  local parsed, _, code
  if text then
    parsed, _, code = record_of.parse("dkim", text)
  end
  return { text = text, parsed = parsed, is_revoked = code == "key_revoked" }
end

local function first_error(text)
  for _, finding in ipairs((record_of.lint("dkim", text))) do
    if finding.severity == "error" then
      return finding.code, finding.found
    end
  end
end

-- What each of the texts is.
local function readings_of(case)
  local list = {}
  for i, text in ipairs(case:texts()) do
    local parsed, _, code = record_of.parse("dkim", text)
    list[i] = {
      place = i, text = text, parsed = parsed, is_revoked = code == "key_revoked", is_key = code ~= "key_not_a_key",
      is_ours = case:is_ours(case.values[i]),
    }
  end
  return list
end

local function is_right(reading, wanted)
  if wanted.is_revoked or reading.is_revoked then
    return wanted.is_revoked and reading.is_revoked
  elseif not reading.parsed or first_error(reading.text) then
    return false
  end
  return not wanted.text or wanted.parsed ~= nil and same_key(reading.parsed, wanted.parsed)
end

-- ---- What may go without anybody being asked: what is ours, and what is the wanted text but for an accident.

-- Octets that a piece of the wanted text is told by: all keys of a size begin alike.
local PIECE_LEAST, HEAD_LEAST = 20, 120

-- Is it a piece of the wanted text, as where somebody cut that, or split it over several records?
local function is_piece(text, wanted)
  text = text:gsub("^%s*\"?", ""):gsub("\"?%s*$", "")
  local at = #text < #wanted and wanted:find(text, 1, true)
  return at and #text >= (at == 1 and HEAD_LEAST or PIECE_LEAST) or false
end

local function is_outdated(reading, record)
  for _, migration in ipairs(record.migrations or {}) do
    local former = reading.parsed and record_of.parse("dkim", migration.from)
    if former and same_key(former, reading.parsed) or migration.from == reading.text then
      return true
    end
  end
  return false
end

-- Why a text may go: a code; false where that needs nothing to be told, nil where it may not.
local function reason(reading, wanted, case)
  if reading.is_ours then
    return false
  elseif is_outdated(reading, case.record) then
    return "record_migrating"
  elseif wanted.text and not reading.parsed and not reading.is_revoked then
    if text_judge.is_altered(reading.text, wanted.text) then
      return "record_altered"
    elseif is_piece(reading.text, wanted.text) then
      return #case.values > 1 and "dkim_key_split" or "dkim_cut_at_255"
    end
  end
end

-- ---- What others have there.

local function short(parsed)
  return parsed and ("%s, %d bits, ending in %s"):format(parsed.type, parsed.bits, parsed.key:sub(-12)) or nil
end

-- The code of what stands in the way, and its fields.
local function conflict_of(others, right, wanted)
  local one, keys = others[1], 0
  for _, reading in ipairs(others) do
    keys = keys + (reading.is_key and 1 or 0)
    one = reading.is_key and not one.is_key and reading or one
  end
  local fields = {
    found = one.text, count = keys, found_key = short(one.parsed),
    expected_key = wanted.is_revoked and "none" or short(wanted.parsed),
  }
  if right then
    return one.is_key and "dkim_leftover_key" or "dkim_leftover_text", fields
  elseif keys > 1 then
    return "dkim_two_keys", fields
  elseif one.is_revoked then
    return "dkim_revoked", fields
  elseif not one.is_key then
    return "dkim_leftover_text", fields
  end
  local code, piece = first_error(one.text)
  fields.found = code and piece or fields.found
  return code or "dkim_wrong_key", fields
end

-- ---- All of it.

-- The texts by what is to become of them: the right one, those that may go and why, and others.
local function sort_out(case, wanted)
  local right, why, others = nil, nil, {}
  for _, reading in ipairs(readings_of(case)) do
    local code = reason(reading, wanted, case)
    if is_right(reading, wanted) then
      why = right and "dkim_two_keys" or why
      right = right or reading
    elseif code == nil then
      others[#others + 1] = reading
    else
      why = code or why
    end
  end
  return right, why, others
end

local function put(case, value, why)
  return case:put({ value }, why and {
    code = why, fields = { count = #case.values, found = case:texts()[1] },
  })
end

-- The text of a revoked key that may go any day is not put back.
local function is_over(case) return case.record.rotation == "withdrawn" and not case.values[1] end

--- Judges it.
-- @tparam table case see `mailseal.publish.case`
-- @treturn table the step
function M.judge(case)
  local wanted = wanted_of(case.record)
  local right, why, others = sort_out(case, wanted)
  local value = right and case.values[right.place] or M.value(case.record)
  if right and #case.values == 1 then
    return case:keep()
  elseif not value then
    return case:leave(nil, "What its value is to be is not known.")
  elseif is_over(case) then
    return case:leave(nil, ("The revoked key at %s is gone already, which is as well."):format(case.name))
  elseif others[1] then
    local code, fields = conflict_of(others, right, wanted)
    return case:conflict(code, fields, { value })
  end
  return put(case, value, why)
end

return M
