--- Reads JSON (RFC 8259) that strangers send: strictly, and no more of it than is good.
--
-- What other readers let pass or decide for their caller is an error here: names that occur twice in an object, octets that are no
-- UTF-8, halves of surrogate pairs, numbers that are none, anything behind the value; nesting beyond a depth, and more values than a
-- body can sensibly hold. The message says where.
-- @module mailseal.json.reader
local printable = require "mailseal.printable"

local byte, find, sub = string.byte, string.find, string.sub

local M = {}

--- What stands for null: a value like no other.
M.null = setmetatable({}, { __name = "mailseal.json.null", __tostring = function() return "null" end })

--- The metatable of each list: so that an empty one is no object.
M.LIST = { __name = "mailseal.json.list" }

--- The metatable of each object.
M.OBJECT = { __name = "mailseal.json.object" }

local DEPTH, VALUES = 32, 50000

-- What is raised within, and caught where it began.
local Failure = {}

local function fail(at, message) error(setmetatable({ at = at, message = message }, Failure), 0) end

local QUOTE, BACKSLASH, COMMA, COLON = byte '"', byte "\\", byte ",", byte ":"
local OPEN, CLOSE, OPEN_LIST, CLOSE_LIST = byte "{", byte "}", byte "[", byte "]"

local function skip(text, at) return (find(text, "[^ \t\r\n]", at)) or #text + 1 end

-- ---- Texts.

local plain = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function utf8_of(code)
  local floor, char = math.floor, string.char
  if code < 0x80 then return char(code) end
  if code < 0x800 then return char(0xC0 + floor(code / 0x40), 0x80 + code % 0x40) end
  if code < 0x10000 then return char(0xE0 + floor(code / 0x1000), 0x80 + floor(code / 0x40) % 0x40, 0x80 + code % 0x40) end
  return char(0xF0 + floor(code / 0x40000), 0x80 + floor(code / 0x1000) % 0x40, 0x80 + floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
end

local function hexadecimal(text, at)
  local digits = sub(text, at, at + 3)
  return find(digits, "^%x%x%x%x$") and tonumber(digits, 16) or fail(at, "four hexadecimal digits are wanted")
end

-- The character that an escape at `at`, its backslash, stands for; and where it ends.
local function escape(text, at)
  local letter = sub(text, at + 1, at + 1)
  if plain[letter] then return plain[letter], at + 2 end
  if letter ~= "u" then fail(at, "there is no such escape") end
  local code = hexadecimal(text, at + 2)
  if code < 0xD800 or code > 0xDFFF then return utf8_of(code), at + 6 end
  if code > 0xDBFF or sub(text, at + 6, at + 7) ~= "\\u" then fail(at, "that is half of a surrogate pair") end
  local low = hexadecimal(text, at + 8)
  if low < 0xDC00 or low > 0xDFFF then fail(at, "that is half of a surrogate pair") end
  return utf8_of(0x10000 + (code - 0xD800) * 0x400 + low - 0xDC00), at + 12
end

-- The text whose quote is at `at`, and where it ends.
local function read_text(text, at)
  local from, pieces, n = at + 1, nil, 0
  while true do
    local stop = find(text, '[%c"\\]', from)
    local code = stop and byte(text, stop)
    while code == 127 do -- a control character to the pattern, and a common one to JSON
      stop = find(text, '[%c"\\]', stop + 1)
      code = stop and byte(text, stop)
    end
    if not stop then fail(at, "a text does not end") end
    if code == QUOTE then
      local last = sub(text, from, stop - 1)
      if not pieces then return last, stop + 1 end
      pieces[n + 1] = last
      return table.concat(pieces), stop + 1
    elseif code ~= BACKSLASH then
      fail(stop, "a control character within a text has to be escaped")
    end
    pieces = pieces or {}
    pieces[n + 1] = sub(text, from, stop - 1)
    pieces[n + 2], from = escape(text, stop)
    n = n + 2
  end
end

-- ---- Numbers and words.

local function read_number(text, at)
  local stop = select(2, find(text, "^%-?%d+", at))
  if not stop or find(text, "^%-?0%d", at) then fail(at, "no value of JSON begins so") end
  stop = select(2, find(text, "^%.%d+", stop + 1)) or stop
  stop = select(2, find(text, "^[eE][+-]?%d+", stop + 1)) or stop
  local number = stop - at < 100 and tonumber(sub(text, at, stop))
  if not number or number ~= number or number == math.huge or number == -math.huge then fail(at, "no such number can be kept") end
  return number, stop + 1
end

local words = { t = { "true", true }, f = { "false", false }, n = { "null", M.null } }

local function read_word(text, at)
  local word = words[sub(text, at, at)]
  if word and sub(text, at, at + #word[1] - 1) == word[1] then return word[2], at + #word[1] end
  return read_number(text, at)
end

-- ---- Objects and lists.

local read_value

local function read_list(text, at, state, depth)
  local list, n = setmetatable({}, M.LIST), 0
  at = skip(text, at + 1)
  if byte(text, at) == CLOSE_LIST then return list, at + 1 end
  while true do
    n = n + 1
    list[n], at = read_value(text, at, state, depth)
    at = skip(text, at)
    local code = byte(text, at)
    if code == CLOSE_LIST then return list, at + 1 end
    if code ~= COMMA then fail(at, "a comma or ] is wanted") end
    at = at + 1
  end
end

local function read_object(text, at, state, depth)
  local object = setmetatable({}, M.OBJECT)
  at = skip(text, at + 1)
  if byte(text, at) == CLOSE then return object, at + 1 end
  while true do
    at = skip(text, at)
    if byte(text, at) ~= QUOTE then fail(at, "a name in quotes is wanted") end
    local name, behind = read_text(text, at)
    if object[name] ~= nil then fail(at, ('"%s" occurs twice'):format(printable.line(sub(name, 1, 60)))) end
    behind = skip(text, behind)
    if byte(text, behind) ~= COLON then fail(behind, "a colon is wanted") end
    object[name], at = read_value(text, behind + 1, state, depth)
    at = skip(text, at)
    local code = byte(text, at)
    if code == CLOSE then return object, at + 1 end
    if code ~= COMMA then fail(at, "a comma or } is wanted") end
    at = at + 1
  end
end

function read_value(text, at, state, depth)
  state.count = state.count + 1
  if state.count > state.most then fail(at, ("there are more than %d values"):format(state.most)) end
  at = skip(text, at)
  local code = byte(text, at)
  if code == QUOTE then return read_text(text, at) end
  if code ~= OPEN and code ~= OPEN_LIST then return read_word(text, at) end
  if depth == DEPTH then fail(at, ("it is nested more than %d deep"):format(DEPTH)) end
  return (code == OPEN and read_object or read_list)(text, at, state, depth + 1)
end

-- "line 3, column 7", in octets.
local function place_of(text, at)
  local line, last = 1, 0
  for stop in text:sub(1, at - 1):gmatch "()\n" do line, last = line + 1, stop end
  return ("line %d, column %d"):format(line, at - last)
end

--- Reads a text of JSON.
-- @tparam string text
-- @tparam[opt=50000] number most values that it may have, those within others counted
-- @treturn[1] any the value; tables for objects and lists, with @{OBJECT} and @{LIST} as their metatables; @{null} for null
-- @treturn[2] nil
-- @treturn[2] string what is wrong, and where
-- @treturn[2] string `bad_json`
function M.decode(text, most)
  if printable.utf8(text) ~= text then return nil, "the body is no JSON: it is not in UTF-8", "bad_json" end
  local ok, value, behind = pcall(read_value, text, 1, { count = 0, most = most or VALUES }, 0)
  if ok and skip(text, behind) <= #text then
    ok, value = false, setmetatable({ at = skip(text, behind), message = "something stands behind its end" }, Failure)
  end
  if ok then return value end
  if getmetatable(value) ~= Failure then error(value, 0) end
  if find(text, "^[ \t\r\n]*$") then return nil, "the body is empty, and JSON is wanted", "bad_json" end
  return nil, ("the body is no JSON: %s (%s)"):format(value.message, place_of(text, value.at)), "bad_json"
end

return M
