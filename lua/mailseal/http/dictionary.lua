--- What the workers of nginx share: a dictionary of lua_shared_dict; and what stands in its place where there is no nginx.
--
-- The latter has of lua_shared_dict the methods `get`, `set`, `add`, `delete`, `incr`, `expire`, `ttl` and `flush_all`, as lua-nginx-module
-- describes them; and no bounds.
-- @module mailseal.http.dictionary
local now = require "mailseal.core".async.now

local M = {}
local Dictionary = { __name = "mailseal.http.dictionary" }
Dictionary.__index = Dictionary

--- Makes one that nobody shares.
-- @tparam[opt] function clock seconds (`async.now`)
-- @treturn table
function M.new(clock) return setmetatable({ clock = clock or now, entries = {} }, Dictionary) end

--- The dictionary of a name, which nginx.conf has to have; where this is not nginx, a new one.
-- @tparam string name
-- @treturn table
-- @raise where nginx.conf does not have it
function M.shared(name)
  if type(ngx) ~= "table" then return M.new() end
  local dict = ngx.shared[name]
  if not dict then error(("nginx.conf has to have it: lua_shared_dict %s 32m; (within http)"):format(name), 0) end
  return dict
end

local function find(self, key)
  local entry = self.entries[key]
  if entry and entry.ends and entry.ends <= self.clock() then
    self.entries[key] = nil
    return nil
  end
  return entry
end

local function ends(self, seconds) return seconds and seconds > 0 and self.clock() + seconds or nil end

--- What is kept under a key.
-- @tparam string key
-- @treturn any nil where nothing is
-- @treturn ?number the flags that it is kept with, if there are any
function Dictionary:get(key)
  local entry = find(self, key)
  if entry then return entry.value, entry.flags end
end

--- Keeps something, in place of what there was.
-- @tparam string key
-- @tparam any value nil for nothing
-- @tparam[opt] number seconds for how long
-- @tparam[opt] number flags of 32 bits
-- @treturn boolean true
function Dictionary:set(key, value, seconds, flags)
  self.entries[key] = value ~= nil and { value = value, ends = ends(self, seconds), flags = flags ~= 0 and flags or nil } or nil
  return true
end

--- Keeps something where nothing is kept.
-- @tparam string key
-- @tparam any value
-- @tparam[opt] number seconds for how long
-- @treturn boolean
-- @treturn ?string "exists"
function Dictionary:add(key, value, seconds)
  if find(self, key) then return false, "exists" end
  return self:set(key, value, seconds)
end

--- Forgets what is kept under a key.
-- @tparam string key
function Dictionary:delete(key) self.entries[key] = nil end

--- Forgets all.
function Dictionary:flush_all() self.entries = {} end

--- Adds to a number.
-- @tparam string key
-- @tparam number by
-- @tparam[opt] number init what to begin with where there is none
-- @tparam[opt] number seconds for how long to keep it where it is begun with
-- @treturn ?number what it is then
-- @treturn ?string "not found"
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

--- Keeps what is kept for so long from now on.
-- @tparam string key
-- @tparam number seconds
-- @treturn ?boolean true
-- @treturn ?string "not found"
function Dictionary:expire(key, seconds)
  local entry = find(self, key)
  if not entry then return nil, "not found" end
  entry.ends = ends(self, seconds)
  return true
end

--- For how long something is kept yet.
-- @tparam string key
-- @treturn ?number seconds; 0 for ever
-- @treturn ?string "not found"
function Dictionary:ttl(key)
  local entry = find(self, key)
  if not entry then return nil, "not found" end
  return entry.ends and entry.ends - self.clock() or 0
end

return M
