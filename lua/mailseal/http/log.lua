--- The log: nginx's where there is one, and standard error elsewhere. A line holds nothing that would end it.
-- @module mailseal.http.log
local letters = require "mailseal.onboard.letters"
local printable = require "mailseal.printable"

local M = {}

local LONGEST = 2000

--- An id by which a line of the log is found: that of the request, where nginx has given it one.
-- @treturn string
function M.id()
  return ngx and ngx.var and ngx.var.request_id or letters.new(16)
end

--- Writes a line.
-- @tparam string line
function M.write(line)
  if ngx then
    ngx.log(ngx.ERR, line)
  else
    io.stderr:write(line, "\n")
  end
end

--- Notes a failure that its client is told nothing of but the id.
-- @tparam string id
-- @tparam ?string code
-- @tparam any message
function M.failure(id, code, message)
  M.write(("mailseal %s %s: %s"):format(id, code or "internal", printable.line(tostring(message):sub(1, LONGEST))))
end

return M
