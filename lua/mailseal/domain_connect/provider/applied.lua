--- Where a DNS host keeps which templates were applied (`mailseal.domain_connect.provider.changes`): in memory, or a file for each zone.
--
-- What a host has itself, such as a database, is one of these when it has the two methods:
--
-- - `load(zone)`: the list of the zone's instances, plain data, and what it is at, any value
-- - `save(zone, list, at)`: puts another list in its place; where it is not at `at` any more: nil, a message and the code `moved`
--
-- Both return nil, a message and a code where they fail.
-- @module mailseal.domain_connect.provider.applied
local json = require "mailseal.json"
local reader = require "mailseal.json.reader"

local M = {}

local MOVED = "the zone's templates were changed by somebody else meanwhile"

local function decode(text)
  local list = reader.decode(text)
  if getmetatable(list) ~= reader.LIST then return nil, "what is kept of the zone's templates cannot be read", "damaged" end
  return list
end

-- ---- in memory

local Memory = { __name = "mailseal.domain_connect.provider.applied.memory" }
Memory.__index = Memory

--- See the top.
-- @tparam string zone
-- @treturn {table,...}
-- @treturn string what it is at
function Memory:load(zone)
  local text = self.zones[zone] or "[]"
  return decode(text), text
end

--- See the top.
-- @tparam string zone
-- @tparam {table,...} list
-- @tparam string at
-- @treturn ?boolean true
-- @treturn ?string what went wrong
-- @treturn ?string `moved`
function Memory:save(zone, list, at)
  if (self.zones[zone] or "[]") ~= at then return nil, MOVED, "moved" end
  self.zones[zone] = json.encode(json.plain(list))
  return true
end

--- Keeps them as long as the program runs.
-- @treturn table
function M.memory() return setmetatable({ zones = {} }, Memory) end

-- ---- files

local Files = { __name = "mailseal.domain_connect.provider.applied.files" }
Files.__index = Files

-- A zone's name is of letters, digits, hyphens, underscores and dots, none of them its first.
local function path_of(self, zone)
  assert(zone:find "^[%w_-][%w_.-]*$", "no name of a zone")
  return ("%s/%s.json"):format(self.directory, zone)
end

local function read(path)
  local file, message, number = io.open(path, "rb")
  if not file then
    if number == 2 then return "[]" end -- there is none
    return nil, "what is kept of the zone's templates cannot be read: " .. message, "unreadable"
  end
  local text = file:read "*a"
  file:close()
  return text
end

--- See the top.
-- @tparam string zone
-- @treturn ?{table,...}
-- @treturn string what it is at, or what went wrong
-- @treturn ?string `unreadable`, `damaged`
function Files:load(zone)
  local text, message, code = read(path_of(self, zone))
  if not text then return nil, message, code end
  local list
  list, message, code = decode(text)
  return list, list and text or message, code
end

--- See the top. Between reading and renaming nothing waits: within one process nobody comes between.
-- @tparam string zone
-- @tparam {table,...} list
-- @tparam string at
-- @treturn ?boolean true
-- @treturn ?string what went wrong
-- @treturn ?string `moved`, `unreadable`, `unwritable`
function Files:save(zone, list, at)
  local path = path_of(self, zone)
  local text, message, code = read(path)
  if not text then return nil, message, code end
  if text ~= at then return nil, MOVED, "moved" end
  local file, why = io.open(path .. ".new", "wb")
  local ok = file and file:write(json.encode(json.plain(list)))
  ok = file and file:close() and ok
  if ok then ok, why = os.rename(path .. ".new", path) end
  if not ok then return nil, "the zone's templates cannot be kept: " .. tostring(why or "the disk may be full"), "unwritable" end
  return true
end

--- Keeps them in a directory, for one process at a time.
-- @tparam string directory which is there
-- @treturn table
function M.files(directory) return setmetatable({ directory = directory }, Files) end

return M
