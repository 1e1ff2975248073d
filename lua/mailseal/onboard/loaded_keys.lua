--- Loaded keys, kept so that not every message has one opened: by tenant and domain, a bounded number of them.
--
-- There are two generations: what is put in or found is young; when the young are half of what there may be, they become the old, and
-- the old are forgotten.
-- @module mailseal.onboard.loaded_keys
local M = {}
local Loaded = {}
Loaded.__index = Loaded
Loaded.__name = "mailseal.onboard.loaded_keys"

--- Makes a place for them.
-- @tparam number most how many there may be
-- @treturn table
function M.new(most)
  return setmetatable({ young = {}, old = {}, count = 0, half = math.max(1, math.floor(most / 2)) }, Loaded)
end

-- No tenant's name has a NUL in it.
local function id_of(tenant, domain) return tenant .. "\0" .. domain end

--- Keeps a key, in place of what there was.
-- @tparam string tenant
-- @tparam string domain as it is stored
-- @tparam table entry `asked_at` is when it was known to be the right one
function Loaded:put(tenant, domain, entry)
  local id = id_of(tenant, domain)
  if self.count >= self.half then
    self.young, self.old, self.count = {}, self.young, 0
  end
  if not self.young[id] then
    self.count = self.count + 1
  end
  self.young[id] = entry
end

--- Finds a key.
-- @tparam string tenant
-- @tparam string domain
-- @treturn ?table what was put there
function Loaded:get(tenant, domain)
  local id = id_of(tenant, domain)
  local entry = self.young[id] or self.old[id]
  if entry and not self.young[id] then
    self:put(tenant, domain, entry)
  end
  return entry
end

--- Has it asked for anew whether a key is still the right one.
-- @tparam string tenant
-- @tparam string domain
function Loaded:doubt(tenant, domain)
  local id = id_of(tenant, domain)
  local entry = self.young[id] or self.old[id]
  if entry then
    entry.asked_at = nil
  end
end

--- Has it asked for anew whether a key is still the right one, where the mark is another than the last time.
-- @tparam string tenant
-- @tparam string domain
-- @tparam any mark
function Loaded:expect(tenant, domain, mark)
  local id = id_of(tenant, domain)
  local entry = self.young[id] or self.old[id]
  if entry and entry.mark ~= mark then
    entry.mark, entry.asked_at = mark, nil
  end
end

--- Forgets a key.
-- @tparam string tenant
-- @tparam string domain
function Loaded:forget(tenant, domain)
  local id = id_of(tenant, domain)
  if self.young[id] then
    self.young[id], self.count = nil, self.count - 1
  end
  self.old[id] = nil
end

return M
