--- The texts that a product hands in: ids of its messages, of what uses a domain, of who does something; and why.
-- @module mailseal.onboard.identifier
local printable = require "mailseal.printable"

local M = {}

local LONGEST, LONGEST_REASON = 255, 1000

-- Is that a text that can be shown, and not too long?
local function check(text, what, longest, code)
  if type(text) == "string" and #text >= 1 and #text <= longest and printable.line(text) == text then return true end
  return nil, ("%s must be a text of 1 to %d octets, without control characters"):format(what, longest), code
end

--- Is that an id? 1 to 255 octets of UTF-8 that can be shown: no control characters, no marks that turn the direction of writing.
-- @tparam any id
-- @tparam string what whose it is, for messages
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_id`
function M.check(id, what) return check(id, what, LONGEST, "bad_id") end

--- Is that a reason, in words? 1 to 1000 octets of the same.
-- @tparam any reason
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_text`
function M.check_reason(reason) return check(reason, "a reason", LONGEST_REASON, "bad_text") end

return M
