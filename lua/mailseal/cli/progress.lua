--- How far a long command has come: a line on standard error that is written over and over, on a terminal alone, and where
-- standard output is not one, too.
-- @module mailseal.cli.progress
local core = require "mailseal.core".file
local now = require "mailseal.async".now

local M = {}
local Progress = {}
Progress.__index = Progress
Progress.__name = "mailseal.cli.progress"

local BAR = 24 -- characters

-- Seconds between two lines, and so many are done between two looks at the clock.
local INTERVAL, GLANCE = 0.2, 64

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
  local columns = not core.columns(1) and os.getenv "TERM" ~= "dumb" and core.columns(2) or nil
  local begun = now()
  return setmetatable({
    columns = columns, size = columns and size_of(path), begun = begun, shown = begun, octets = 0, count = 0, counts = {},
  }, Progress)
end

--- One more is done.
-- @tparam string status what came of it
-- @tparam number octets how much of the file that was
function Progress:done(status, octets)
  self.count, self.octets = self.count + 1, self.octets + octets
  self.counts[status] = (self.counts[status] or 0) + 1
  if self.columns and self.count % GLANCE == 0 then
    self:look()
  end
end

-- 1234567 as "1,234,567".
local function grouped(number)
  local digits = ("%.0f"):format(number)
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

local function show(self)
  io.stderr:write("\r", line_of(self):sub(1, self.columns - 1), "\27[K")
end

--- Writes the line anew where it is time to.
function Progress:look()
  if self.columns and now() >= self.shown + INTERVAL then
    self.shown = now()
    show(self)
  end
end

--- Writes the line for the last time, and ends it.
-- @tparam boolean whole is all of the file done, also what follows the last?
function Progress:finish(whole)
  if self.columns then
    self.octets = whole and self.size or self.octets
    show(self)
    io.stderr:write "\n"
  end
end

return M
