--- How far a long command has come: a line on standard error that is written over and over, on a terminal alone.
-- @module mailseal.cli.progress
local core = require "mailseal.core".file
local now = require "mailseal.async".now

local M = {}
local Progress = {}
Progress.__index = Progress
Progress.__name = "mailseal.cli.progress"

local BAR = 24 -- characters

--- The octets of a file; nil where it is none, but a pipe or a terminal.
local function size_of(path)
  if path == "-" or core.kind(path) ~= "file" then
    return nil
  end
  local file = io.open(path, "rb")
  local size = file and file:seek "end"
  if file then
    file:close()
  end
  return size and size > 0 and size or nil
end

--- Makes one.
-- @tparam string path the file whose lines are worked through; "-" is standard input
-- @treturn table
function M.new(path)
  local columns = core.columns(2)
  return setmetatable({
    columns = os.getenv "TERM" ~= "dumb" and columns or nil, size = columns and size_of(path), begun = now(), octets = 0, count = 0,
    counts = {},
  }, Progress)
end

--- So many octets of the file were read.
-- @tparam number octets
function Progress:read(octets)
  self.octets = self.octets + octets
end

--- One more is done.
-- @tparam string status what came of it
function Progress:done(status)
  self.count = self.count + 1
  self.counts[status] = (self.counts[status] or 0) + 1
end

-- 1234567 as "1,234,567".
local function grouped(number)
  local digits = ("%d"):format(number)
  return (digits:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", ""))
end

local function line_of(self)
  local parts = {}
  if self.size then
    local share = math.min(1, self.octets / self.size)
    local full = math.floor(share * BAR)
    parts[1] = ("[%s%s] %3d%%"):format(("#"):rep(full), ("-"):rep(BAR - full), math.floor(share * 100))
  end
  parts[#parts + 1] = ("%s checked, %s/s"):format(grouped(self.count), grouped(self.count / math.max(0.001, now() - self.begun)))
  for _, status in ipairs { "error", "unknown", "warning", "invalid" } do
    if self.counts[status] then
      parts[#parts + 1] = ("%s %s"):format(grouped(self.counts[status]), status)
    end
  end
  return table.concat(parts, "  ")
end

--- Writes the line anew.
function Progress:show()
  if self.columns then
    io.stderr:write("\r", line_of(self):sub(1, self.columns - 1), "\27[K")
    self.shown = true
  end
end

--- Removes the line.
function Progress:clear()
  if self.shown then
    io.stderr:write "\r\27[K"
    self.shown = nil
  end
end

return M
