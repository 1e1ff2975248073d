--- Standard output and output files, of which none is left half written without a word.
-- @module mailseal.cli.output
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"
local core = require "mailseal.core".file

local M = {}

local EPIPE = 32

local function check(done, cause, number, name)
  if done then
    return
  end
  if number == EPIPE then
    status.stop(status.OUTPUT) -- whoever read has what it wanted
  end
  status.stop(status.OUTPUT, ("cannot write %s: %s"):format(name, text.cause(cause, name)))
end

--- Writes to standard output; ends the command where that fails.
-- @tparam string ... what to write
function M.write(...)
  local done, cause, number = io.stdout:write(...)
  check(done, cause, number, "standard output")
end

--- Writes a line to standard output.
-- @tparam string ... the line's parts
function M.line(...)
  M.write(...)
  M.write("\n")
end

--- Sees to it that everything has been written; to be called before a command reports success.
function M.flush()
  local done, cause, number = io.stdout:flush()
  check(done, cause, number, "standard output")
end

--- Tells an error: one line on standard error.
-- @tparam string who such as "mailseal verify"
-- @tparam string message
function M.complain(who, message)
  io.stderr:write(who, ": ", text.printable(message), "\n")
end

--- Which codes of a file that could not be written tell of writing itself; the others, that it may not be written.
local writing_failed = { no_space = true, io_error = true, no_memory = true }

--- Ends the command because a file could not be written.
-- @tparam string cause a sentence that names the file
-- @tparam string code as of `key:save`
function M.stop(cause, code)
  status.stop(writing_failed[code] and status.OUTPUT or status.CANNOT_CREATE, cause)
end

local function want(done, cause, code)
  return done or M.stop(cause, code)
end

--- Writes a whole file, or leaves what was there untouched. What a symbolic link points to is replaced, a file that was
-- there leaves its mode, and a device or a pipe is written as it is.
-- @tparam string path
-- @tparam function write is given a function like `M.write`
function M.file(path, write)
  local file = want(core.create(path))
  local ok, failure = pcall(write, function(...)
    for _, octets in ipairs { ... } do
      want(file:write(octets))
    end
  end)
  if not ok then
    file:abandon()
    error(failure, 0)
  end
  want(file:finish())
end

return M
