--- The catalogue of findings as those use it who look at a domain: each kind by its code, and its sentences with what was found put in.
-- The catalogue itself is csrc/record/findings.def.
-- @module mailseal.record.catalogue
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

-- A sentence cut at its braces: what stands before, the field, and whether parentheses that hold nothing else are around it, in
-- turn; and what stands behind the last one.
local function cut(sentence)
  local pieces, at = {}, 1
  while true do
    local first, last, name = sentence:find("{([%a_]*)}", at)
    if not first then
      pieces.rest = sentence:sub(at)
      return pieces
    end
    local enclosed = sentence:sub(first - 2, first - 1) == " (" and sentence:sub(last + 1, last + 1) == ")"
    pieces[#pieces + 1] = {
      before = sentence:sub(at, enclosed and first - 3 or first - 1), name = name == "" and "found" or name, enclosed = enclosed,
    }
    at = last + (enclosed and 2 or 1)
  end
end

local pieces_of = {}

--- A sentence of the catalogue with fields of a finding in place of their names in braces.
-- `{}` stands for `found`. What a finding does not have leaves no trace, and takes parentheses along that hold nothing else.
-- @tparam string sentence
-- @tparam table fields by name: strings, numbers, or lists of them, whatever octets they hold
-- @treturn string printable
function M.fill(sentence, fields)
  local pieces = pieces_of[sentence]
  if not pieces then
    pieces = cut(sentence)
    pieces_of[sentence] = pieces
  end
  if #pieces == 0 then
    return sentence
  end
  local out = {}
  for i, piece in ipairs(pieces) do
    local value = fields[piece.name]
    value = value ~= nil and words(value) or ""
    out[i] = piece.before .. (piece.enclosed and value ~= "" and " (" .. value .. ")" or value)
  end
  return table.concat(out) .. pieces.rest
end

--- A moment, in the words of a sentence.
-- @tparam number moment seconds since 1970
-- @treturn string such as "2027-01-15 08:00 UTC"
function M.moment(moment)
  return os.date("!%Y-%m-%d %H:%M UTC", moment)
end

return M
