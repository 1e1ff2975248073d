--- Writes JSON (RFC 8259) for `--json`: fields in the order given, one line, always valid UTF-8.
--
-- A mail's octets and a DNS record's may be anything at all. Octets that are no UTF-8 become U+FFFD,
-- and control characters are escaped, so that any reader can take the line.
-- @module mailseal.cli.json
local text = require "mailseal.cli.text"

local M = {}

local Object = { __name = "mailseal.cli.json.object" }

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function escape(character)
  return escapes[character] or ("\\u%04x"):format(character:byte())
end

--- An object whose fields keep their order.
-- @tparam any ... name, value, name, value…; a field whose value is nil is left out
-- @treturn table what `encode` writes as an object
function M.object(...)
  local object = setmetatable({}, Object)
  for i = 1, select("#", ...), 2 do
    local name, value = select(i, ...)
    if value ~= nil then
      object[#object + 1] = { name = name, value = value }
    end
  end
  return object
end

--- An object of some of a table's fields, in the order named.
-- @tparam table source
-- @tparam {string,...} names
-- @treturn table what `encode` writes as an object
function M.pick(source, names)
  local object = setmetatable({}, Object)
  for _, name in ipairs(names) do
    if source[name] ~= nil then
      object[#object + 1] = { name = name, value = source[name] }
    end
  end
  return object
end

local encode

local function encode_all(list, brackets, write)
  local parts = {}
  for i, item in ipairs(list) do
    parts[i] = write(item)
  end
  return brackets:sub(1, 1) .. table.concat(parts, ",") .. brackets:sub(2)
end

local function encode_field(field)
  return encode(field.name) .. ":" .. encode(field.value)
end

local function encode_number(value)
  if value ~= value or value == math.huge or value == -math.huge then
    return "null"
  end
  return value % 1 == 0 and ("%.0f"):format(value) or ("%.14g"):format(value)
end

function encode(value)
  if type(value) == "table" then
    if getmetatable(value) == Object then
      return encode_all(value, "{}", encode_field)
    end
    return encode_all(value, "[]", encode)
  elseif type(value) == "string" then
    return '"' .. text.utf8(value):gsub('[%c"\\]', escape) .. '"'
  elseif type(value) == "number" then
    return encode_number(value)
  end
  return tostring(value)
end

--- The JSON of a value: a string, number, boolean, list, or `object`.
-- @treturn string one line, without its end
M.encode = encode

return M
