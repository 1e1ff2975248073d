--- A dictionary as nginx's workers share one (`ngx.shared`), for tests without nginx: over a clock that the test moves.
local M = {}
local Dictionary = {}
Dictionary.__index = Dictionary

--- Makes one.
-- @tparam function clock
-- @treturn table with some of the methods of lua_shared_dict
function M.new(clock) return setmetatable({ clock = clock, entries = {} }, Dictionary) end

local function find(self, key)
  local entry = self.entries[key]
  if entry and entry.ends and entry.ends <= self.clock() then
    self.entries[key] = nil
    return nil
  end
  return entry
end

local function ends(self, seconds) return seconds and seconds > 0 and self.clock() + seconds or nil end

function Dictionary:get(key)
  local entry = find(self, key)
  return entry and entry.value
end

function Dictionary:set(key, value, seconds)
  self.entries[key] = value ~= nil and { value = value, ends = ends(self, seconds) } or nil
  return true
end

function Dictionary:add(key, value, seconds)
  if find(self, key) then return false, "exists" end
  return self:set(key, value, seconds)
end

function Dictionary:delete(key) self.entries[key] = nil end

function Dictionary:incr(key, by, init, seconds)
  local entry = find(self, key)
  if not entry and not init then return nil, "not found" end
  if not entry then
    entry = { value = init, ends = ends(self, seconds) }
    self.entries[key] = entry
  end
  entry.value = entry.value + by
  return entry.value
end

function Dictionary:expire(key, seconds)
  local entry = find(self, key)
  if not entry then return nil, "not found" end
  entry.ends = ends(self, seconds)
  return true
end

function Dictionary:ttl(key)
  local entry = find(self, key)
  if not entry then return nil, "not found" end
  return entry.ends and entry.ends - self.clock() or 0
end

return M
