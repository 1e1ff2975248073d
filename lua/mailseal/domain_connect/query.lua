--- Queries of Domain Connect, which are signed as they stand: written in one way, and read without losing how they were written.
--
-- What is signed is the text of the query itself, without `sig` and `key` (draft-ietf-dconn-domainconnect §8.3.2.1, §8.3.4). So its names
-- are sorted, everything is percent-encoded once (RFC 3986 §2.1), and who verifies takes the two out of what came, and changes nothing
-- else. What two readers could take in two ways is refused: a name that comes twice, an escape that is none, octets that are no UTF-8.
-- @module mailseal.domain_connect.query
local printable = require "mailseal.printable"

local M = {}

-- Octets of a query; names in it.
local LONGEST, MOST = 8192, 100

--- A text as it stands in a query or in a segment of a path.
-- @tparam string text
-- @treturn string
function M.encode(text)
  return (text:gsub("[^%w%-._~]", function(octet) return ("%%%02X"):format(octet:byte()) end))
end

-- What a part of a query stands for; nil and what is wrong with it.
local function decode(text)
  text = text:gsub("+", " ")
  if text:gsub("%%%x%x", ""):find "%%" then return nil, "has a % that no two hexadecimal digits follow" end
  text = text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end)
  if text:find "[%z\1-\31\127]" then
    return nil, "has a control character in it"
  elseif printable.utf8(text) ~= text then
    return nil, "is not in UTF-8"
  end
  return text
end

--- Writes a query: what is signed.
-- @tparam table values texts by name
-- @treturn string
function M.write(values)
  local names, parts = {}, {}
  for name, value in pairs(values) do
    name = M.encode(name)
    names[#names + 1], parts[name] = name, M.encode(value)
  end
  table.sort(names)
  for i, name in ipairs(names) do
    parts[i] = ("%s=%s"):format(name, parts[name])
  end
  return table.concat(parts, "&")
end

local function bad(message) return nil, "the query " .. message, "bad_query" end

--- Reads a query.
-- @tparam string text what stands behind the question mark, as it came
-- @treturn[1] table texts by name, `sig` and `key` among them
-- @treturn[1] string what was signed: the text without these two
-- @treturn[2] nil
-- @treturn[2] string what is wrong with it
-- @treturn[2] string `bad_query`
function M.read(text)
  if #text > LONGEST then return bad(("is longer than %d octets"):format(LONGEST)) end
  local values, signed, count = {}, {}, 0
  for part in text:gmatch "[^&]+" do
    local written, behind = part:match "^([^=]*)=?(.*)$"
    local name, wrong = decode(written)
    if not name or name == "" then return bad("has a name that " .. (wrong or "is empty")) end
    local value
    value, wrong = decode(behind)
    local shown = printable.line(name:sub(1, 60))
    if not value then return bad(("has a %s that %s"):format(shown, wrong)) end
    if values[name] then return bad(("has %s twice"):format(shown)) end
    count = count + 1
    if count > MOST then return bad(("has more than %d names"):format(MOST)) end
    values[name] = value
    if name ~= "sig" and name ~= "key" then signed[#signed + 1] = part end
  end
  return values, table.concat(signed, "&")
end

return M
