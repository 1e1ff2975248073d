--- How a piece of a message is quoted.
-- @module mailseal.check.message.quote
local M = {}

-- Octets that are looked at, and that are shown.
local LOOKED, SHOWN = 1000, 80

--- How a piece begins: its first line that says something, without HTML's tags.
-- @tparam string text
-- @treturn string
function M.beginning(text)
  text = text:sub(1, LOOKED)
  local said = text:gsub("<[^<>]*>", ""):match "[^%s%-_=*#~][^\r\n]*"
  return (said or text:match "[^\r\n]+" or ""):sub(1, SHOWN)
end

return M
