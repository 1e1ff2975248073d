--- The log: nginx's where there is one, and standard error elsewhere. A line holds nothing that would end it.
-- @module mailseal.http.log
local letters = require "mailseal.onboard.letters"
local now = require "mailseal.core".async.now
local printable = require "mailseal.printable"

local M = {}

local LONGEST = 2000

-- Seconds in which one line is written of what passes, by its code.
local OFTEN = 5

-- By code: when it is to be told again; and how many were not told since it was.
local passing = {}

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
-- @tparam[opt] string more what is to be said besides
function M.failure(id, code, message, more)
  M.write(("mailseal %s %s: %s%s"):format(id, code or "internal", printable.line(tostring(message):sub(1, LONGEST)), more or ""))
end

--- Notes a failure that passes and may befall very many: there is too much to do, or the database is gone. Of those there is a line every
-- few seconds, which counts the others.
-- @tparam string code
-- @tparam any message
-- @tparam[opt] number moment (`async.now()`)
-- @treturn ?string the id; nil where it is only counted
function M.passing(code, message, moment)
  local one = passing[code] or { at = 0, count = 0 }
  passing[code], moment = one, moment or now()
  if moment < one.at then
    one.count = one.count + 1
    return nil
  end
  local more = one.count > 0 and (" (and %d more since the last line of this)"):format(one.count) or nil
  one.at, one.count = moment + OFTEN, 0
  local id = M.id()
  M.failure(id, code, message, more)
  return id
end

return M
