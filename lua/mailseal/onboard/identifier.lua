--- The ids that a product hands in: of its messages, of what uses a domain.
-- @module mailseal.onboard.identifier
local printable = require "mailseal.printable"

local M = {}

local LONGEST = 255

--- Is that an id? 1 to 255 octets of UTF-8 that can be shown: no control characters, no marks that turn the direction of writing.
-- @tparam any id
-- @tparam string what whose it is, for messages
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_id`
function M.check(id, what)
  if type(id) == "string" and #id >= 1 and #id <= LONGEST and printable.line(id) == id then return true end
  return nil, ("%s must be a text of 1 to %d octets, without control characters"):format(what, LONGEST), "bad_id"
end

return M
