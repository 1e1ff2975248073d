--- Texts of the command line: what came from outside made fit to show, and what a system call's error says.
-- @module mailseal.cli.text
local printable = require "mailseal.printable"

local M = {}

--- The same text with U+FFFD for each octet that is no UTF-8: see `mailseal.printable`.
-- @tparam string s
-- @treturn string
-- @function utf8
M.utf8 = printable.utf8

--- One line fit for a terminal: see `mailseal.printable`.
-- @tparam string s
-- @treturn string
-- @function printable
M.printable = printable.line

--- The operating system's reason in an error of Lua's `io`, which begins with the file's name or not.
-- @tparam string message such as "a.txt: No such file or directory"
-- @tparam string name such as "a.txt"
-- @treturn string such as "No such file or directory"
function M.cause(message, name)
  message = tostring(message)
  if message:sub(1, #name + 2) == name .. ": " then
    return message:sub(#name + 3)
  end
  return message
end

return M
