--- Can a record's octets be written where a format has characters?
--
-- A TXT record holds octets; a file in UTF-8 holds characters. What one cannot say is refused, never changed on the way.
-- @module mailseal.handover.plain
local printable = require "mailseal.printable"

local M = {}

--- What of an entry cannot be written as UTF-8, or matches a pattern that the format has no words for.
-- @tparam table entry of a plan
-- @tparam[opt] string pattern
-- @tparam[opt] string what is said to stand there where the pattern matches
-- @treturn ?string a sentence; nil where all can be written
function M.problem(entry, pattern, what)
  local where = ("the %s record at %s"):format(entry.type, printable.line(entry.name))
  for _, text in ipairs { entry.name, entry.data.text or entry.data.target } do
    if printable.utf8(text) ~= text then
      return where .. " holds octets that are no UTF-8: only a zone file can hold them"
    elseif pattern and text:find(pattern) then
      return ("%s holds %s, which this format cannot say: take a zone file"):format(where, what)
    end
  end
end

local function surrogates(point)
  if point < 0x10000 then
    return ("\\u%04x"):format(point)
  end
  point = point - 0x10000
  return ("\\u%04x\\u%04x"):format(0xd800 + math.floor(point / 0x400), 0xdc00 + point % 0x400)
end

local function long(point)
  return point < 0x10000 and ("\\u%04x"):format(point) or ("\\U%08x"):format(point)
end

-- The code point of a character in UTF-8.
local function point_of(character)
  local first = character:byte()
  local point = first < 0xe0 and first % 0x20 or first < 0xf0 and first % 0x10 or first % 0x08
  for i = 2, #character do
    point = point * 64 + character:byte(i) % 64
  end
  return point
end

local function escape(text, write)
  text = text:gsub('[\\"]', "\\%0"):gsub("[%z\1-\31\127]", function(octet)
    return write(octet:byte())
  end)
  return (text:gsub("[\194-\244][\128-\191]+", function(character)
    return write(point_of(character))
  end))
end

--- A string in double quotes as JSON and JavaScript have it, in ASCII alone.
-- @tparam string text in UTF-8
-- @treturn string
function M.javascript(text)
  return '"' .. escape(text, surrogates) .. '"'
end

--- A string in double quotes as HCL has it, in ASCII alone, but for what its templates mean by `${` and `%{`.
-- @tparam string text in UTF-8
-- @treturn string
function M.hcl(text)
  local quoted = escape(text, long):gsub("([$%%]+){", function(signs)
    -- `$${` is a plain `${`. What several of them come to differs between readers; an escape means the same to all.
    if #signs == 1 then
      return signs .. signs .. "{"
    end
    return signs:gsub(".", { ["$"] = "\\u0024", ["%"] = "\\u0025" }) .. "{"
  end)
  return '"' .. quoted .. '"'
end

return M
