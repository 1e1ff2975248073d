--- A table of the records as CSV (RFC 4180), in UTF-8, for spreadsheets and import forms.
--
-- A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break for a formula, and one that somebody else
-- wrote may send the whole sheet away: such a cell gets an apostrophe in front, and so does one that begins with an apostrophe.
-- @module mailseal.handover.csv
local plain = require "mailseal.handover.plain"
local words = require "mailseal.handover.words"

local M = {}

local COLUMNS = { "id", "name", "host", "type", "priority", "value", "ttl", "purpose", "required", "note" }

local function cell(value)
  local text = tostring(value)
  if text:find "^[=+@\t\r\n'-]" then
    text = "'" .. text
  end
  if text:find '[",\r\n\' ]' or text == "" then
    text = '"' .. text:gsub('"', '""') .. '"'
  end
  return text
end

local function row(values)
  local cells = {}
  for i, name in ipairs(COLUMNS) do
    cells[i] = cell(values[name] == nil and "" or values[name])
  end
  return table.concat(cells, ",") .. "\r\n"
end

local function values_of(given, about)
  return {
    id = given.id, name = given.name, type = given.type, purpose = given.purpose, ttl = about.ttl,
    required = given.required == false and "no" or "yes",
  }
end

--- Writes the table: a line of names, then a line a record. `host` is the name without the zone, empty at its apex. A record whose
-- value only the provider knows has none.
-- @tparam table plan see `mailseal.handover.plan`
-- @tparam table about `ttl`
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what cannot be written
-- @treturn[2] string "not_representable"
function M.write(plan, about)
  local out = { table.concat(COLUMNS, ",") .. "\r\n" }
  for _, entry in ipairs(plan.entries) do
    local data, values = entry.data, values_of(entry.given, about)
    values.name, values.host = entry.name, entry.prefix
    values.value, values.priority = data.text or data.target, data.preference
    values.note = table.concat(words.remarks(entry.given, entry.state), " ")
    local problem = plain.problem(entry, "%z", "a NUL")
    if problem then
      return nil, problem, "not_representable"
    end
    out[#out + 1] = row(values)
  end
  for _, given in ipairs(plan.unknown) do
    local values = values_of(given, about)
    values.note = "a record " .. words.why_unknown(given)
    out[#out + 1] = row(values)
  end
  return table.concat(out)
end

return M
