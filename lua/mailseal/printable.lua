--- Text that came from outside, made fit to show.
--
-- A domain in a signature, a TXT record, a file's name: any octets may stand there, among them those that move a
-- terminal's cursor or turn the direction of writing round.
-- @module mailseal.printable
local core = require "mailseal.core".text

local M = {}

--- The same text with U+FFFD for each octet that is no UTF-8.
-- @tparam string s
-- @treturn string
-- @function utf8
M.utf8 = core.utf8

--- One line fit for a terminal: control characters, bidirectional controls and octets that are no UTF-8 become `\DDD`.
-- @tparam string s
-- @treturn string
-- @function line
M.line = core.line

--- A text as a string of JSON (RFC 8259 §7), quotes included. Octets that are no UTF-8 become U+FFFD, and what is not fit
-- for a terminal is escaped.
-- @tparam string s
-- @treturn string
-- @function json
M.json = core.json

--- Octets as hexadecimal digits, two for each.
-- @tparam string octets
-- @treturn string
function M.hexadecimal(octets)
  return (octets:gsub(".", function(octet) return ("%02x"):format(octet:byte()) end))
end

return M
