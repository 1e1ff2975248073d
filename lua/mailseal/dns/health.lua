--- Which servers to ask first: those that kept silent of late go behind the others.
--
-- A server that left several queries in a row without a reply is set back for some time; when that is over, one query
-- alone finds out how it is, while the others still go to the other servers. Any reply at all makes a server well.
-- @module mailseal.dns.health
local M = {}
local Health = {}
Health.__index = Health
Health.__name = "mailseal.dns.health"

local SILENCES, SET_BACK = 3, 30 -- in a row; seconds

-- The list begun at each of its places.
local function rotations(servers)
  local orders, n = {}, #servers
  for first = 1, n do
    orders[first] = {}
    for i = 1, n do orders[first][i] = servers[(first + i - 2) % n + 1] end
  end
  return orders
end

--- Makes a memory of servers, all of them well.
-- @tparam {string,...} servers their names
-- @tparam function clock gives the moment, in seconds
-- @tparam[opt] boolean rotate begin each query with another server
-- @treturn table
function M.new(servers, clock, rotate)
  local known = {}
  for _, name in ipairs(servers) do known[name] = true end
  return setmetatable({
    orders = rotate and rotations(servers) or { servers }, known = known, clock = clock, turn = 0, ailing = {}, set_back = 0,
  }, Health)
end

-- Is the server to be asked last? Where its time is over this query finds out, and the next ones keep away.
local function is_set_back(self, name, moment)
  local state = self.ailing[name]
  if not state or not state.till then return false end
  if moment < state.till then return true end
  state.till = moment + SET_BACK
  return false
end

--- The servers in the order in which a query is to ask them.
-- @treturn {string,...} not to be changed
function Health:order()
  local turn = self.turn % #self.orders + 1
  self.turn = turn
  local servers = self.orders[turn]
  if self.set_back == 0 or #servers == 1 then return servers end
  local moment, order, last = self.clock(), {}, {}
  for _, name in ipairs(servers) do
    local list = is_set_back(self, name, moment) and last or order
    list[#list + 1] = name
  end
  for _, name in ipairs(last) do order[#order + 1] = name end
  return order
end

--- A server left a query without any reply.
-- @tparam string name one that is not of these servers is nobody's matter here
function Health:silent(name)
  if not self.known[name] then return end
  local state = self.ailing[name]
  if not state then
    state = { silences = 0 }
    self.ailing[name] = state
  end
  state.silences = state.silences + 1
  if state.silences < SILENCES then return end
  if not state.till then self.set_back = self.set_back + 1 end
  state.till = self.clock() + SET_BACK
end

--- A server replied, whatever it said.
-- @tparam string name
function Health:replied(name)
  local state = self.ailing[name]
  if not state then return end
  self.ailing[name] = nil
  if state.till then self.set_back = self.set_back - 1 end
end

return M
