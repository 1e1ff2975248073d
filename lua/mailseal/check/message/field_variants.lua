--- What a signed field may have been before somebody changed it on the way.
-- @module mailseal.check.message.field_variants
local core = require "mailseal.core".mail

local M = {}

-- A prefix and its subject, and an address list whose names are quoted anew, are short.
local PREFIX, SUBJECT, ADDRESSES = 60, 10000, 500

--- A field with another value.
-- @tparam table field as `mailseal.message.fields` has it
-- @tparam string value behind the colon, without the last line end
-- @treturn table
function M.with_value(field, value)
  local name = field.whole:match "^[^:]*:"
  return { name = field.name, value = value, whole = name .. value .. "\r\n", own = field.own }
end

local prefixes = {
  "^([ \t]*)(%[[^%]\r\n]*%])()", -- [list], [EXTERNAL]
  "^([ \t]*%a%a?%a?:[ \t]*)(%[[^%]\r\n]*%])()", -- Re: [list]
  "^([ \t]*)(%*+[%w :!]+%*+)()", -- ***SPAM***
  "^([ \t]*)(%u[%u%- ]+:)()", -- EXTERNAL:
  "^([ \t]*)({[^}\r\n]*})()", -- {Spam?}
  "^([ \t]*)(<[^>\r\n]*>)()",
  "^([ \t]*)(%([^%)\r\n]*%))()",
}

-- In a simple form the white space counts: that which the prefix brought along stands before it, or behind.
local function without_prefix(value, add, depth, before)
  for _, pattern in ipairs(prefixes) do
    local start, prefix, behind = value:match(pattern)
    if start and #prefix <= PREFIX then
      local rest = start .. value:sub(value:match("^[ \t\r\n]*()", behind))
      local removed = before and before .. " " .. prefix or prefix
      add(rest, removed)
      if not start:find "%a" then
        add(value:sub(behind), removed)
      end
      if depth > 1 then
        without_prefix(rest, add, depth - 1, removed)
      end
    end
  end
end

--- The subjects that this one may have been before a prefix or two were put in front of it.
-- @tparam table field
-- @treturn {table,...} each with `field` and `prefix`
function M.subjects(field)
  local list = {}
  if #field.value > SUBJECT then
    return list
  end
  without_prefix(field.value, function(value, prefix)
    list[#list + 1] = { field = M.with_value(field, value), prefix = prefix }
  end, 2)
  return list
end

-- Names of senders and recipients with quotes and without.
local function unquoted(value)
  return (value:gsub('"([^"\\\r\n]*)"([ \t\r\n]*<)', "%1%2"))
end

local function quoted(value)
  return (value:gsub('([^,;:"<>%s][^,;:"<>]*[^,;:"<>%s])([ \t]+<)', '"%1"%2'))
end

--- The addresses that these may have been before the names among them were quoted anew.
-- @tparam table field
-- @treturn {table,...} fields
function M.addresses(field)
  local list = {}
  for _, change in ipairs { unquoted, quoted } do
    local value = #field.value <= ADDRESSES and change(field.value) or field.value
    if value ~= field.value then
      list[#list + 1] = M.with_value(field, value)
    end
  end
  return list
end

local trailing
for number, name in ipairs(core.mendings()) do
  trailing = name == "trailing_space" and number or trailing
end

local function capitals(text)
  local name, rest = text:match "^([^:]*)(.*)$"
  name = name:lower():gsub("%f[%a]%a", string.upper):gsub("%-[iI]d$", "-ID"):gsub("^Mime", "MIME"):gsub("^Dkim", "DKIM")
  return name .. rest
end

--- What relays do to the white space and the case of a field, which a simple canonicalization does not let pass. Each undoes it.
M.white_space = {
  { what = "folded lines were made of long ones", mend = function(text) return (text:gsub("\r\n([ \t])", "%1")) end },
  { what = "lines were folded, with more white space", mend = function(text) return (text:gsub("\r\n[ \t]+", " ")) end },
  { what = "folds that began with a tab got a space", mend = function(text) return (text:gsub("\r\n ", "\r\n\t")) end },
  { what = "folds that began with a space got a tab", mend = function(text) return (text:gsub("\r\n\t", "\r\n ")) end },
  { what = "white space was added at the ends of lines", mend = function(text) return core.mend(text, trailing) end },
  { what = "white space was added between words", mend = function(text) return (text:gsub("([^ \t\n])[ \t]+", "%1 ")) end },
  { what = "the white space behind the colon was changed", mend = function(text) return (text:gsub(":[ \t]*", ": ", 1)) end },
  { what = "the space behind the colon was added", mend = function(text) return (text:gsub(":[ \t]+", ":", 1)) end },
  { what = "the case of field names was changed", mend = capitals },
}

--- A field with its text mended.
-- @tparam table field
-- @tparam function mend
-- @treturn table
function M.mended(field, mend)
  local whole = mend((field.whole:gsub("\r\n$", ""))) .. "\r\n"
  return { name = field.name, value = whole:match "^[^:]*:(.*)\r\n$", whole = whole, own = field.own }
end

--- The fields that z= kept copies of (RFC 6376 §3.5).
-- @tparam string z
-- @treturn table values by name in lower case: lists, in the order of z=
function M.copies(z)
  local copied = {}
  for piece in z:gsub("[ \t\r\n]+", ""):gmatch "[^|]+" do
    local name, value = piece:match "^([^:]+):(.*)$"
    if name then
      name = name:lower()
      copied[name] = copied[name] or {}
      table.insert(copied[name], (value:gsub("=(%x%x)", function(digits)
        return string.char(tonumber(digits, 16))
      end)))
    end
  end
  return copied
end

return M
