--- Mailbox files (RFC 4155): several messages, each behind a line such as "From ada@example.com Sun Nov  1 09:30:00 2026".
-- @module mailseal.check.message.mailbox
local M = {}

-- Octets of such a line, of which more are not looked at.
local LONGEST_LINE = 400

-- Does such a line stand there, and the field of a header, or such a line escaped, below it?
local function begins_message(text, at)
  local beginning = text:sub(at, at + LONGEST_LINE)
  local line, below = beginning:match "^(From [^\n]*)\n([^\n]*)"
  return line ~= nil and line:find "%d:%d%d[^\n]*%d%d%d%d" ~= nil and below:find "^>?[!-9;-~]+[: ]" ~= nil
end

--- Does a text hold several messages?
-- @tparam string text without what is in front of the first line
-- @treturn boolean false of one message, also where a line of a mailbox stands before it
function M.holds_several(text)
  if not begins_message(text, 1) then
    return false
  end
  local at = text:find("\nFrom ", 1, true)
  while at do
    if text:sub(math.max(1, at - 2), at):find "\n\r?\n$" and begins_message(text, at + 1) then
      return true
    end
    at = text:find("\nFrom ", at + 1, true)
  end
  return false
end

return M
