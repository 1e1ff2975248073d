--- Entity tags (RFC 9110 §8.8.3): who has an answer already is told that it still holds.
-- @module mailseal.http.tags
local core = require "mailseal.core".seal
local hexadecimal = require "mailseal.printable".hexadecimal

local M = {}

--- What tells a body from any other, without its quotes.
-- @tparam string body
-- @treturn string
function M.of(body)
  return hexadecimal(core.sha256(body):sub(1, 16))
end

--- Is a tag among those that a client has (RFC 9110 §13.1.2)?
-- @tparam string tag in quotes
-- @tparam ?string field If-None-Match
-- @treturn boolean
function M.is_among(tag, field)
  if not field then
    return false
  elseif field:match "^%s*%*%s*$" then
    return true
  end
  for given in field:gmatch '"[^"]*"' do
    if given == tag then
      return true
    end
  end
  return false
end

return M
