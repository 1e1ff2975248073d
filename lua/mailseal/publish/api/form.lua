--- What a DNS host's interface is told and tells, as far as its form goes: parts of URLs, members of objects.
-- @module mailseal.publish.api.form
local domains = require "mailseal.domain"
local reader = require "mailseal.json.reader"

local M = {}

-- Values of an answer, those within others counted.
local VALUES = 500000

--- A part of a path, or of a query, as a URL takes it (RFC 3986 §2).
-- @tparam string|number text
-- @treturn string
function M.escaped(text)
  return (tostring(text):gsub("[^%w._~-]", function(octet) return ("%%%02X"):format(octet:byte()) end))
end

--- A query.
-- @tparam ?{table,...} pairs of a name and a value
-- @treturn string with its question mark; nothing where there are no pairs
function M.query(pairs)
  local list = {}
  for i, pair in ipairs(pairs or {}) do list[i] = M.escaped(pair[1]) .. "=" .. M.escaped(pair[2]) end
  return list[1] and "?" .. table.concat(list, "&") or ""
end

--- A text with "…" in each place where it has another one.
-- @tparam string text
-- @tparam string other as it stands, not empty
-- @treturn string
function M.without(text, other)
  local pieces, from = {}, 1
  while true do
    local at, behind = text:find(other, from, true)
    if not at then break end
    pieces[#pieces + 1], from = text:sub(from, at - 1), behind + 1
  end
  pieces[#pieces + 1] = text:sub(from)
  return table.concat(pieces, "…")
end

-- Without null: a member that is null is none. Lists keep their places.
local function without_null(value)
  if type(value) ~= "table" or value == reader.null then return value end
  for name, item in pairs(value) do
    if item == reader.null and type(name) == "string" then value[name] = nil else without_null(item) end
  end
  return value
end

--- Reads JSON: objects without the members that are null.
-- @tparam string body
-- @treturn[1] any
-- @treturn[2] nil
-- @treturn[2] string what is wrong
function M.read_json(body)
  local value, message = reader.decode(body, VALUES)
  if value == nil then return nil, message end
  return without_null(value)
end

local MOST = 2 ^ 53

-- Is a value of that kind?
local function is_of(value, kind)
  if kind == "whole" then return type(value) == "number" and value % 1 == 0 and value >= -MOST and value <= MOST end
  return type(value) == kind
end

--- Is a value an object with these members?
-- @tparam any value as the host sent it
-- @tparam table members the Lua type of each by its name, or "whole" of a whole number; with "?" behind it where it need not be there
-- @treturn boolean
function M.is(value, members)
  if type(value) ~= "table" or value == reader.null then return false end
  for name, kind in pairs(members) do
    local found = value[name]
    if not is_of(found, kind:match "^%a+") and not (found == nil and kind:sub(-1) == "?") then return false end
  end
  return true
end

--- Is a value a list of texts?
-- @tparam any value as the host sent it
-- @treturn boolean
function M.is_texts(value)
  if getmetatable(value) ~= reader.LIST then return false end
  for _, one in ipairs(value) do
    if type(one) ~= "string" then return false end
  end
  return true
end

--- A name as a host tells it, as names are written here: in lower case, in A-labels, without a dot at its end.
-- @tparam string text
-- @treturn string
function M.name(text)
  text = text:gsub("%.$", "")
  return (text:find "[\128-\255]" and domains.to_ascii(text) or text):lower()
end

--- Is a value a list of objects with these members?
-- @tparam any value as the host sent it
-- @tparam table members as of @{is}
-- @treturn boolean
function M.is_list(value, members)
  if getmetatable(value) ~= reader.LIST then return false end -- an object without members is no list
  for _, one in ipairs(value) do
    if not M.is(one, members) then return false end
  end
  return true
end

--- The zones that may hold a name: itself, and what is above it, down to two labels.
-- @tparam string name
-- @treturn {string,...} the longest first
function M.zones_for(name)
  local list, at = {}, name:lower():gsub("%.$", "")
  while at:find(".", 1, true) do
    list[#list + 1] = at
    at = at:match "%.(.+)$"
  end
  return list
end

--- The zone that holds a name, of those that a host has: the longest.
-- @tparam table client as of `mailseal.publish.api`
-- @tparam string name
-- @tparam function find called with the name of a zone: true where there is one, false where there is none, or nil, a message, a code and
--   details
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `no_zone`, or as of `find`
-- @treturn[2] ?table
function M.zone_of(client, name, find)
  for _, at in ipairs(M.zones_for(name)) do
    local found, message, code, details = find(at)
    if found == nil then return nil, message, code, details end
    if found then return at end
  end
  return client:no_zone(name)
end

return M
