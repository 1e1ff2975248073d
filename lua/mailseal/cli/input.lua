--- Input: files, standard input, and messages that must be read twice.
-- @module mailseal.cli.input
local async = require "mailseal.async"
local core = require "mailseal.core".reader
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"

local M = {}

local CHUNK = 64 * 1024
local IN_MEMORY = 1024 * 1024

local function fail(name, cause)
  status.stop(status.DATA, ("cannot read %s: %s"):format(name, text.cause(cause, name)))
end

--- What a file is called in messages: "standard input" for nil and "-".
-- @tparam string|nil path
-- @treturn string
function M.name(path)
  if path == nil or path == "-" then
    return "standard input"
  end
  return path
end

local function open(path)
  if path == nil or path == "-" then
    return io.stdin
  end
  local file, cause = io.open(path, "rb")
  if not file then
    fail(path, cause)
  end
  return file
end

--- A file in pieces of 64 KB. Ends the command where it cannot be read.
-- @tparam string|nil path nil or "-": standard input
-- @treturn function an iterator
function M.chunks(path)
  local file = open(path)
  return function()
    if not file then
      return nil
    end
    local chunk, cause = file:read(CHUNK)
    if chunk then
      return chunk
    end
    if file ~= io.stdin then
      file:close()
    end
    file = nil
    if cause then
      fail(M.name(path), cause)
    end
    return nil
  end
end

-- Waits until there is something to read, while other tasks go on; returns it.
local function await(reader)
  local task, octets, cause = async.task(), nil, nil
  local poller = {
    pollfd = function() return reader:pollfd() end,
    events = function() return "r" end,
    timeout = function() end,
    process = function()
      octets, cause = reader:read()
      if octets ~= false then
        async.wake(task)
      end
    end,
  }
  async.suspend(poller, function() end)
  return octets, cause
end

--- A file in pieces of what is there, however small: a task that waits for more of a pipe or a terminal lets the others go on.
-- Ends the command where it cannot be read.
-- @tparam string path "-" is standard input
-- @treturn function an iterator, for one task at a time. Opened before sockets are: standard input that is closed must not be one.
function M.arriving(path)
  local reader, problem = core.open(path ~= "-" and path or nil)
  if not reader then
    fail(M.name(path), problem)
  end
  return function()
    if not reader then
      return nil
    end
    local octets, cause = reader:read()
    if octets == false then
      octets, cause = await(reader)
    end
    if not octets then
      fail(M.name(path), cause)
    elseif octets == "" then
      reader:close()
      reader = nil -- a terminal would let one go on behind its end
      return nil
    end
    return octets
  end
end

--- A whole file, which is expected to be small (a key, a record).
-- @tparam string|nil path nil or "-": standard input
-- @tparam[opt=1048576] number limit in octets, above which it cannot be what it should be
-- @treturn string
function M.all(path, limit)
  limit = limit or IN_MEMORY
  local parts, size = {}, 0
  for chunk in M.chunks(path) do
    size = size + #chunk
    if size > limit then
      status.stop(status.DATA, ("cannot read %s: it is over %d octets long"):format(M.name(path), limit))
    end
    parts[#parts + 1] = chunk
  end
  return table.concat(parts)
end

local Spool = {}
Spool.__index = Spool
Spool.__name = "mailseal.cli.spool"

--- Holds what is written to it, to be read again: the first megabyte in memory, all in an unnamed file beyond it.
-- @treturn table a spool
function M.spool()
  return setmetatable({ parts = {}, size = 0 }, Spool)
end

local function check(done, cause)
  if not done then
    status.stop(status.OUTPUT, "cannot write a temporary file: " .. tostring(cause))
  end
end

--- Writes all that is in memory to the file.
local function move_to_file(spool)
  if not spool.file then
    local file, cause = io.tmpfile()
    check(file, cause)
    spool.file = file
  end
  for _, part in ipairs(spool.parts) do
    check(spool.file:write(part))
  end
  spool.parts = {}
end

--- Adds to the end.
-- @tparam string chunk
function Spool:write(chunk)
  self.parts[#self.parts + 1] = chunk
  self.size = self.size + #chunk
  if self.size > IN_MEMORY then
    move_to_file(self)
  end
end


--- Reads all from the beginning. Nothing may be written any more.
-- @treturn function an iterator over chunks
function Spool:chunks()
  if self.file then
    check(self.file:flush())
    check(self.file:seek("set"))
    return function()
      local chunk, cause = self.file:read(CHUNK)
      if not chunk and cause then
        status.stop(status.OUTPUT, "cannot read a temporary file: " .. tostring(cause))
      end
      return chunk
    end
  end
  local position = 0
  return function()
    position = position + 1
    return self.parts[position]
  end
end

return M
