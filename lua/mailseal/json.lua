--- Writes JSON (RFC 8259): fields in the order given, one line, always valid UTF-8.
--
-- A mail's octets and a DNS record's may be anything at all. Octets that are no UTF-8 become U+FFFD,
-- and control characters are escaped, so that any reader can take the line.
-- @module mailseal.json
local encode_string = require "mailseal.printable".json

local M = {}

-- An object is a list of names and values in turn.
local Object = { __name = "mailseal.json.object" }

--- An object whose fields keep their order.
-- @tparam any ... name, value, name, value…; a field whose value is nil is left out
-- @treturn table what `encode` writes as an object
function M.object(...)
  return M.add(setmetatable({}, Object), ...)
end

--- Adds fields to an object, behind those that it has.
-- @tparam table object made by `object` or `pick`
-- @tparam any ... as of `object`
-- @treturn table the object
function M.add(object, ...)
  for i = 1, select("#", ...), 2 do
    local name, value = select(i, ...)
    if value ~= nil then
      object[#object + 1] = name
      object[#object + 1] = value
    end
  end
  return object
end

--- An object of some of a table's fields, in the order named.
-- @tparam table source
-- @tparam {string,...} names
-- @treturn table what `encode` writes as an object
function M.pick(source, names)
  local object, n = setmetatable({}, Object), 0
  for i = 1, #names do
    local value = source[names[i]]
    if value ~= nil then
      object[n + 1], object[n + 2] = names[i], value
      n = n + 2
    end
  end
  return object
end

--- Plain data as JSON: tables with a first item, and empty ones, are lists; others are objects, their fields by name.
-- @tparam any value a string, number, boolean, or table of such
-- @treturn any what `encode` takes
function M.plain(value)
  if type(value) ~= "table" or getmetatable(value) == Object then
    return value
  elseif value[1] ~= nil or next(value) == nil then
    local list = {}
    for i, item in ipairs(value) do
      list[i] = M.plain(item)
    end
    return list
  end
  local fields, items, object = {}, {}, setmetatable({}, Object)
  for name, item in pairs(value) do
    fields[#fields + 1], items[tostring(name)] = tostring(name), item
  end
  table.sort(fields)
  for _, name in ipairs(fields) do
    M.add(object, name, M.plain(items[name]))
  end
  return object
end

local function encode_number(value)
  if value ~= value or value == math.huge or value == -math.huge then
    return "null"
  end
  return value % 1 == 0 and ("%.0f"):format(value) or ("%.14g"):format(value)
end

-- The names of fields are few, and come again and again; but somebody's own may be among them.
local names, names_kept, NAMES_MOST = {}, 0, 1000

local function encode_name(name)
  local encoded = names[name]
  if not encoded then
    encoded = encode_string(name) .. ":"
    if names_kept < NAMES_MOST then
      names[name], names_kept = encoded, names_kept + 1
    end
  end
  return encoded
end

local add

-- Each of these puts its pieces behind the first `n` of `out`, and returns how many there are then.

local function add_object(out, n, object)
  out[n + 1] = "{"
  n = n + 1
  for i = 1, #object, 2 do
    if i > 1 then
      n = n + 1
      out[n] = ","
    end
    out[n + 1] = encode_name(object[i])
    n = add(out, n + 1, object[i + 1])
  end
  out[n + 1] = "}"
  return n + 1
end

local function add_list(out, n, list)
  out[n + 1] = "["
  n = n + 1
  for i = 1, #list do
    if i > 1 then
      n = n + 1
      out[n] = ","
    end
    n = add(out, n, list[i])
  end
  out[n + 1] = "]"
  return n + 1
end

function add(out, n, value)
  local kind = type(value)
  if kind == "table" then
    return (getmetatable(value) == Object and add_object or add_list)(out, n, value)
  end
  out[n + 1] = kind == "string" and encode_string(value) or kind == "number" and encode_number(value) or tostring(value)
  return n + 1
end

--- The JSON of a value: a string, number, boolean, list, or `object`.
-- @tparam any value
-- @treturn string one line, without its end
function M.encode(value)
  local out = {}
  return table.concat(out, "", 1, add(out, 0, value))
end

return M
