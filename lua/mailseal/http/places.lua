--- So much at a time in a worker of nginx, and a queue behind it that is fair: whoever has least under way comes first, and nobody has all
-- the places, however much he asks for.
--
-- Whoever has a place, or waits for one, goes on to his end, even where his client leaves (`stay` of `mailseal.http.dispatch`).
-- @module mailseal.http.places
local async = require "mailseal.async"

local now = async.now

local M = {}
local Places = { __name = "mailseal.http.places" }
Places.__index = Places

-- Seconds that are told at most to whoever is to come again; and what one is believed to take before any has ended. How much the last one
-- weighs in what they take.
local LONGEST, FIRST, WEIGHT = 60, 5, 0.1

--- Makes them.
-- @tparam table options `at_most`, how many places there are; `each`, how many one has at most; `queue`, how many may wait; `patience`,
--   how many seconds
-- @treturn table `count`, how many are taken; `waiting`, how many wait
function M.new(options)
  return setmetatable({
    at_most = options.at_most, each = options.each, queue = options.queue, patience = options.patience,
    count = 0, waiting = 0, takes = FIRST, -- the seconds that one takes
    parties = {}, -- by name: `count`, the places that he has; and a list of what waits
    order = {}, -- those of whom something waits, whoever has not had his turn for longest first
  }, Places)
end

local function party_of(self, name)
  local party = self.parties[name] or { name = name, count = 0 }
  self.parties[name] = party
  return party
end

-- Who is next: of those who may have more, who has least.
local function choose(self)
  local best
  for place, party in ipairs(self.order) do
    if party.count < self.each and (not best or party.count < self.order[best].count) then
      best = place
    end
  end
  return best
end

local function dequeue(self, party, place)
  local task = table.remove(party, place)
  self.waiting = self.waiting - 1
  return task
end

local function occupy(self, party)
  self.count, party.count = self.count + 1, party.count + 1
end

-- Gives what places are free to those who wait.
local function hand_on(self)
  local place = self.count < self.at_most and choose(self)
  while place do
    local party = table.remove(self.order, place)
    local waiter = dequeue(self, party, 1)
    waiter.has_place = true
    occupy(self, party)
    if party[1] then
      self.order[#self.order + 1] = party
    end
    async.wake(waiter.task)
    place = self.count < self.at_most and choose(self)
  end
end

-- Of whom there is nothing, nothing is kept.
local function forget(self, party)
  if party.count == 0 and not party[1] then
    self.parties[party.name] = nil
  end
end

local function leave(self, party)
  self.count, party.count = self.count - 1, party.count - 1
  hand_on(self)
  forget(self, party)
end

local function index_of(list, wanted)
  for place, one in ipairs(list) do
    if one == wanted then
      return place
    end
  end
end

-- Waits no more.
local function give_up(self, party, waiter)
  dequeue(self, party, index_of(party, waiter))
  if not party[1] then
    table.remove(self.order, index_of(self.order, party))
  end
end

-- Waits for a place. Returns whether there was one.
local function wait(self, party)
  local waiter, deadline = { task = async.task() }, now() + self.patience
  party[#party + 1], self.waiting = waiter, self.waiting + 1
  if not party[2] then
    self.order[#self.order + 1] = party
  end
  local going_on, problem = true, nil
  while going_on and not waiter.has_place and now() < deadline do
    going_on, problem = pcall(async.suspend, nil, nil, math.max(0, deadline - now()))
  end
  if not waiter.has_place then
    give_up(self, party, waiter)
  elseif not going_on then
    leave(self, party)
  end
  if not going_on then
    forget(self, party)
    error(problem, 0)
  end
  return waiter.has_place or false
end

-- In how many seconds there is likely to be a place for whoever comes last.
local function estimate(self, party)
  local turns = math.max((self.waiting + 1) / self.at_most, (#party + 1) / self.each)
  return math.min(LONGEST, math.max(1, math.ceil(turns * self.takes)))
end

-- Takes a place. Returns true; or false, and after how many seconds there may be one.
local function enter(self, party)
  if self.count < self.at_most and party.count < self.each then
    occupy(self, party)
    return true
  elseif self.waiting < self.queue and wait(self, party) then
    return true
  end
  local seconds = estimate(self, party)
  forget(self, party)
  return false, seconds
end

local function finish(self, party, began, ok, ...)
  self.takes = self.takes + (now() - began - self.takes) * WEIGHT
  leave(self, party)
  if not ok then
    error((...), 0)
  end
  return true, ...
end

--- Calls a function where there is a place, or as soon as there is one.
-- @tparam string name who wants it
-- @tparam function fn
-- @tparam any ... its arguments
-- @treturn[1] boolean true
-- @treturn[1] any what the function returned
-- @treturn[2] boolean false: too many wait, or this one has waited too long
-- @treturn[2] number in how many seconds there is likely to be a place
-- @raise what the function raises
function Places:within(name, fn, ...)
  local party = party_of(self, name)
  local entered, seconds = enter(self, party)
  if not entered then
    return false, seconds
  end
  return finish(self, party, now(), pcall(fn, ...))
end

return M
