--- Reads a Lua file that returns one plain table, without running it.
--
-- What is taken is `return { … }`: texts (also joined by `..`), whole and decimal numbers (also multiplied: `72 * 3600`), true, false, and
-- tables of them. Where nothing is run, nothing can loop, call, or grow: an empty environment and a limit of instructions would still
-- leave a file the methods of its texts, and `("x"):rep(1e10)` is one instruction.
-- @module mailseal.rules.literal
local printable = require "mailseal.printable".line

local M = {}

--- The deepest nesting of tables.
M.DEPTH_MAX = 12

--- The most values in all.
M.VALUES_MAX = 5000

-- Whole numbers are exact up to here, and what is below is neither infinite nor, once multiplied by 0, no number at all.
local NUMBER_MAX = 2 ^ 53

local NOTHING_RUNS = "a rule is a plain table (return { ... }) of texts, numbers, true, false and tables, of which nothing is run"

-- What raises is told from an error of ours by its metatable.
local Fault = {}

-- A reader: `text`, `at` (the next octet), `values` (how many there were).
local function fail(reader, words, at)
  local _, lines = reader.text:sub(1, (at or reader.at) - 1):gsub("\n", "")
  error(setmetatable({ message = ("line %d: %s"):format(lines + 1, words) }, Fault), 0)
end

-- ---- Tokens.

-- Where a long bracket that opens at a place has its content, and the octets that close it.
local function long_bracket(reader, at)
  local first, last, equals = reader.text:find("^%[(=*)%[", at)
  return first and last + 1, first and "]" .. equals .. "]"
end

-- Goes past white space and comments.
local function skip(reader)
  local text = reader.text
  while true do
    reader.at = text:find("[^ \t\n\v\f]", reader.at) or #text + 1
    if text:sub(reader.at, reader.at + 1) ~= "--" then
      return
    end
    local inside, close = long_bracket(reader, reader.at + 2)
    local _, last = text:find(close or "\n", inside or reader.at, true)
    if inside and not last then
      fail(reader, "a comment does not end")
    end
    reader.at = (last or #text) + 1
  end
end

-- Takes these octets, if they are next.
local function take(reader, octets)
  skip(reader)
  if reader.text:sub(reader.at, reader.at + #octets - 1) == octets then
    reader.at = reader.at + #octets
    return true
  end
  return false
end

local function word_at(reader)
  skip(reader)
  return reader.text:match("^[%a_][%w_]*", reader.at)
end

local function take_word(reader, word)
  if word_at(reader) == word then
    reader.at = reader.at + #word
    return true
  end
  return false
end

-- The next thing, as a message shows it.
local function next_shown(reader)
  local text = word_at(reader) or reader.text:sub(reader.at, reader.at)
  return text == "" and "the end of the file" or "'" .. printable(text:sub(1, 40)) .. "'"
end

-- ---- Texts.

local escapes = {
  a = "\a", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", v = "\v", ["\\"] = "\\", ['"'] = '"', ["'"] = "'", ["\n"] = "\n",
}

-- Reads an escape, whose backslash has been read.
local function escape(reader)
  local text = reader.text
  local next_one = text:sub(reader.at, reader.at)
  local digits = text:match("^%d%d?%d?", reader.at) or text:match("^x%x%x", reader.at)
  if escapes[next_one] then
    reader.at = reader.at + 1
    return escapes[next_one]
  elseif next_one == "z" then
    reader.at = text:find("%S", reader.at + 1) or #text + 1
    return ""
  end
  local octet = digits and (tonumber(digits) or tonumber(digits:sub(2), 16))
  if not octet or octet > 255 then
    fail(reader, "an escape that there is not: \\" .. printable(next_one))
  end
  reader.at = reader.at + #digits
  return string.char(octet)
end

local function quoted(reader, quote)
  local parts, text, began = {}, reader.text, reader.at
  reader.at = reader.at + 1
  while true do
    local stop = text:find("[\\\n" .. quote .. "]", reader.at)
    local found = stop and text:sub(stop, stop)
    if not found or found == "\n" then
      fail(reader, "a text does not end on its line", began)
    end
    parts[#parts + 1] = text:sub(reader.at, stop - 1)
    reader.at = stop + 1
    if found == quote then
      return table.concat(parts)
    end
    parts[#parts + 1] = escape(reader)
  end
end

-- A text; nil where none is next.
local function one_text(reader)
  skip(reader)
  local first = reader.text:sub(reader.at, reader.at)
  if first == '"' or first == "'" then
    return quoted(reader, first)
  end
  local inside, close = long_bracket(reader, reader.at)
  if not inside then
    return nil
  end
  local stop, last = reader.text:find(close, inside, true)
  if not stop then
    fail(reader, "a text in long brackets does not end")
  end
  reader.at = last + 1
  return (reader.text:sub(inside, stop - 1):gsub("^\n", ""))
end

local function joined_text(reader)
  local text = one_text(reader)
  local parts = { text }
  while text and take(reader, "..") do
    text = one_text(reader) or fail(reader, "only texts are joined by '..': " .. NOTHING_RUNS)
    parts[#parts + 1] = text
  end
  return parts[1] and table.concat(parts)
end

-- ---- Numbers.

local function one_number(reader)
  skip(reader)
  local sign = reader.text:match("^%-%s*", reader.at) or ""
  local digits = reader.text:match("^%d+%.?%d*", reader.at + #sign)
  if not digits then
    return nil
  end
  local behind = reader.at + #sign + #digits
  if #digits > 15 or reader.text:find("^[%w_.]", behind) and not reader.text:find("^%.%.", behind) then
    fail(reader, "a number that is none here: decimal digits, 15 at most")
  end
  reader.at = behind
  return tonumber(digits) * (sign == "" and 1 or -1)
end

local function product(reader)
  local number = one_number(reader)
  while number and take(reader, "*") do
    number = number * (one_number(reader) or fail(reader, "only numbers are multiplied: " .. NOTHING_RUNS))
    if number > NUMBER_MAX or number < -NUMBER_MAX then
      fail(reader, "a number that is too large")
    end
  end
  return number
end

-- ---- Values.

local value_of

local keywords = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true until while")
  :gmatch "%l+" do
  keywords[word] = true
end

-- A field's name; nil where the field has none.
local function name_of_field(reader)
  local word = word_at(reader)
  if word and not keywords[word] and reader.text:find("^%s*=[^=]", reader.at + #word) then
    reader.at = reader.at + #word
    take(reader, "=")
    return word
  elseif not long_bracket(reader, reader.at) and take(reader, "[") then
    local name = value_of(reader, M.DEPTH_MAX + 1)
    if not take(reader, "]") or not take(reader, "=") then
      fail(reader, "a name in brackets is followed by ']' and '='")
    end
    return name
  end
end

local function table_of(reader, depth)
  if depth > M.DEPTH_MAX then
    fail(reader, ("tables in tables, over %d deep, or one for a name"):format(M.DEPTH_MAX))
  end
  local result, count = {}, 0
  while not take(reader, "}") do
    local began = reader.at
    local name = name_of_field(reader)
    local value = value_of(reader, depth + 1)
    if name == nil then
      count = count + 1
      name = count
    end
    if result[name] ~= nil then
      fail(reader, ("'%s' stands there twice"):format(printable(tostring(name))), began)
    end
    result[name] = value
    if not take(reader, ",") and not take(reader, ";") and reader.text:sub(reader.at, reader.at) ~= "}" then
      fail(reader, ("a ',' or '}' is to stand before %s: %s"):format(next_shown(reader), NOTHING_RUNS))
    end
  end
  return result
end

function value_of(reader, depth)
  reader.values = reader.values + 1
  if reader.values > M.VALUES_MAX then
    fail(reader, ("more than %d values"):format(M.VALUES_MAX))
  end
  local value = joined_text(reader) or product(reader)
  if value ~= nil then
    return value
  elseif take(reader, "{") then
    return table_of(reader, depth)
  elseif take_word(reader, "true") then
    return true
  elseif take_word(reader, "false") then
    return false
  end
  fail(reader, ("%s has no place here: %s"):format(next_shown(reader), NOTHING_RUNS))
end

local function whole(reader)
  local stray = reader.text:find("\r", 1, true)
  if reader.text:byte(1) == 27 then
    fail(reader, "bytecode: " .. NOTHING_RUNS)
  elseif stray then -- whether a line ends there is seen in more than one way
    fail(reader, "a carriage return without a line feed", stray)
  elseif not take_word(reader, "return") then
    fail(reader, ("%s has no place here: %s"):format(next_shown(reader), NOTHING_RUNS))
  end
  local value = value_of(reader, 1)
  take(reader, ";")
  skip(reader)
  if reader.at <= #reader.text then
    fail(reader, ("%s behind the end of the rule: %s"):format(next_shown(reader), NOTHING_RUNS))
  end
  return value
end

--- Reads a text.
-- @tparam string text of a Lua file
-- @treturn[1] any what it returns: of its tables each is new, and has no metatable
-- @treturn[2] nil
-- @treturn[2] string what is wrong, and in which line
function M.read(text)
  local reader = { text = text:gsub("^\239\187\191", ""):gsub("\r\n", "\n"), at = 1, values = 0 }
  local ok, value = pcall(whole, reader)
  if ok then
    return value
  elseif getmetatable(value) == Fault then
    return nil, value.message
  end
  error(value, 0)
end

return M
