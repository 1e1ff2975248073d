--- Standard output and output files, of which none is left half written without a word.
-- @module mailseal.cli.output
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"

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

--- A name beside `path` that nobody else uses.
local function temporary_name(path)
  local random = io.open("/dev/urandom", "rb")
  local octets = random and random:read(8) or tostring({})
  if random then
    random:close()
  end
  return path .. "." .. octets:gsub(".", function(octet)
    return ("%02x"):format(octet:byte())
  end)
end

local function cannot_create(path, cause, name)
  status.stop(status.CANNOT_CREATE, ("cannot write %s: %s"):format(path, text.cause(cause, name)))
end

--- Opens `name`, lets `write` fill it, and closes it; `path` is what messages call it.
local function fill(name, path, write)
  local file, cause = io.open(name, "wb")
  if not file then
    cannot_create(path, cause, name)
  end
  local ok, failure = pcall(write, function(...)
    local done, reason, number = file:write(...)
    check(done, reason, number, path)
  end)
  local closed, reason, number = file:close()
  if not ok then
    error(failure, 0)
  end
  check(closed, reason, number, path)
end

--- Writes a whole file, or leaves what was there untouched: a file beside it is written, then given its name.
-- A device (/dev/…) is written as it is.
-- @tparam string path
-- @tparam function write is given a function like `M.write`
function M.file(path, write)
  if path:find("^/dev/") then
    return fill(path, path, write)
  end
  local temporary = temporary_name(path)
  local ok, failure = pcall(fill, temporary, path, write)
  if not ok then
    os.remove(temporary)
    error(failure, 0)
  end
  local renamed, cause = os.rename(temporary, path)
  if not renamed then
    os.remove(temporary)
    cannot_create(path, cause, temporary)
  end
end

return M
