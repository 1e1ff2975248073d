--- The exit statuses of the command `mailseal`, and how a command ends before its time.
-- They are those of sysexits.h, where a shell script or a mail server expects them.
-- @module mailseal.cli.status
local M = {}

M.OK = 0 -- all well
M.NO = 1 -- the answer is no: a signature does not pass, a record has an error, a name does not exist
M.USAGE = 64 -- wrong usage
M.DATA = 65 -- input that cannot be read as what it should be
M.UNAVAILABLE = 69 -- a service (DNS) is unreachable, or a module is not installed
M.INTERNAL = 70 -- an error in mailseal itself
M.CANNOT_CREATE = 73 -- the output file may not be written: it exists already, or its directory does not
M.OUTPUT = 74 -- writing failed: the disk is full, the reader has gone
M.TEMPORARY = 75 -- a temporary failure: try again

local Stop = { __name = "mailseal.cli.stop" }

--- Ends the command: raises what `mailseal.cli.run` turns into one line on standard error and an exit status.
-- @tparam number status one of the above
-- @tparam[opt] string message nil where nothing is to be said
function M.stop(status, message)
  error(setmetatable({ status = status, message = message }, Stop), 0)
end

--- Is it something that `stop` has raised?
-- @tparam any value what was raised
-- @treturn boolean
function M.is_stop(value)
  return getmetatable(value) == Stop
end

return M
