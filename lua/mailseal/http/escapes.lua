--- Percent-encoding (RFC 3986 §2.1), and the queries that are made of it: read strictly, as strangers send them.
-- @module mailseal.http.escapes
local printable = require "mailseal.printable"

local M = {}

-- Names and values that a query may have, and octets.
local MOST, LONGEST = 100, 8192

--- The text that an encoded one stands for.
-- @tparam string text
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong with it
function M.decode(text)
  if text:find "%%" then
    if text:gsub("%%%x%x", ""):find "%%" then
      return nil, "has a % that no two hexadecimal digits follow"
    end
    text = text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end)
  end
  if text:find "[%z\1-\31\127]" then
    return nil, "has a control character in it"
  elseif text:find "[\128-\255]" and printable.utf8(text) ~= text then
    return nil, "is not in UTF-8"
  end
  return text
end

--- A text encoded, so that it can stand in a segment of a path or in a query.
-- @tparam string text
-- @treturn string
function M.encode(text)
  return (text:gsub("[^%w%-._~]", function(octet) return ("%%%02X"):format(octet:byte()) end))
end

local function decode_part(text)
  return M.decode((text:gsub("+", " ")))
end

--- Takes a query apart, as forms write it (application/x-www-form-urlencoded).
-- @tparam string query what stands behind the question mark
-- @treturn[1] table by name, lists of the texts that were given
-- @treturn[2] nil
-- @treturn[2] string what is wrong with it
-- @treturn[2] string `bad_query`
function M.query(query)
  if #query > LONGEST then
    return nil, ("the query is longer than %d octets"):format(LONGEST), "bad_query"
  end
  local given, count = {}, 0
  for part in query:gmatch "[^&]+" do
    local name, value = part:match "^([^=]*)=?(.*)$"
    local read, message = decode_part(name)
    local text, wrong = decode_part(value)
    count = count + 1
    if not read or read == "" then
      return nil, "the query has a name that " .. (message or "is empty"), "bad_query"
    elseif not text then
      return nil, ("query.%s %s"):format(printable.line(read:sub(1, 60)), wrong), "bad_query"
    elseif count > MOST then
      return nil, ("the query has more than %d values"):format(MOST), "bad_query"
    end
    given[read] = given[read] or {}
    table.insert(given[read], text)
  end
  return given
end

return M
