--- The catalogue of findings as a check uses it: each kind by its code, and its sentences with what was found put in.
-- The catalogue itself is csrc/record/findings.def.
-- @module mailseal.check.catalogue
local printable = require "mailseal.printable"
local record = require "mailseal.record"

local M = {}

-- Octets of one thing in a sentence.
local LONGEST = 253

local kinds = {}
for _, kind in ipairs(record.kinds()) do
  kinds[kind.code] = kind
end

--- A kind of finding.
-- @tparam string code
-- @treturn table `code`, `severity`, `cause`, `fix`
-- @raise where there is none of that code: only what the catalogue has may be found
function M.kind(code)
  return kinds[code] or error("the catalogue has no finding " .. tostring(code), 2)
end

local function words(value)
  if type(value) == "table" then
    local list = {}
    for i, item in ipairs(value) do
      list[i] = words(item)
    end
    return table.concat(list, ", ")
  elseif type(value) == "number" then
    return ("%.14g"):format(value)
  end
  local text = tostring(value)
  if #text > LONGEST then
    text = text:sub(1, LONGEST) .. "..."
  end
  return printable.line(text)
end

--- A sentence of the catalogue with fields of a finding in place of their names in braces.
-- `{}` stands for `found`. What a finding does not have leaves no trace, and takes parentheses along that hold nothing else.
-- @tparam string sentence
-- @tparam table fields by name: strings, numbers, or lists of them, whatever octets they hold
-- @treturn string printable
function M.fill(sentence, fields)
  local function value_of(name)
    local value = fields[name == "" and "found" or name]
    return value ~= nil and words(value) or nil
  end
  sentence = sentence:gsub(" %({([%a_]*)}%)", function(name)
    local value = value_of(name)
    return value and " (" .. value .. ")" or ""
  end)
  return (sentence:gsub("{([%a_]*)}", function(name)
    return value_of(name) or ""
  end))
end

return M
