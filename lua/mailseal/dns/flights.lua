--- Single flight: while a question is under way, others who ask the same wait for its answer in place of asking again.
--
-- Who asks leads the flight, the others wait. Where the leader fails (it raises, or its task is cancelled), those who
-- wait are woken without an answer, and the first of them leads the next flight.
--
-- Nobody waits longer than half of the time that he has, nor than half of what the leader had: there is enough left then for
-- a flight of his own, which whoever else has waited so long joins, now to the end. So nobody is late because of another; a
-- leader that vanishes without a word (nginx drops the coroutines of a request that ends) strands nobody; and servers that keep
-- silent are not asked by everybody at once. Nor is a leader's time-out an answer for who has more than half of his time left.
-- @module mailseal.dns.flights
local async = require "mailseal.async"
local copy = require "mailseal.dns.cache".copy

local next, pcall, error, min, now = next, pcall, error, math.min, async.now

local M = {}
local Flights = {}
Flights.__index = Flights
Flights.__name = "mailseal.dns.flights"

--- Makes a set of flights.
-- @treturn table
function M.new()
  -- Weak, so that a flight vanishes with its leader.
  return setmetatable({ latest = setmetatable({}, { __mode = "v" }) }, Flights)
end

local function forget(_, task) task.token[task] = nil end

-- Waits until the flight has ended, or for so long.
local function wait(flight, task, seconds)
  local waiting = flight.waiting
  if not waiting then
    waiting = {}
    flight.waiting = waiting
  end
  waiting[task], task.token = true, waiting
  async.suspend(nil, forget, seconds)
  waiting[task] = nil
end

local function half_way(deadline)
  local moment = now()
  return moment + (deadline - moment) / 2
end

--- Waits for the latest flight with a key, where there is one that may be joined.
-- @tparam string key
-- @tparam number deadline the moment (`async.now`) by which the caller wants an answer
-- @treturn ?table what the flight brought, for all who waited: to be copied; nil where the caller is to `lead`
function Flights:join(key, deadline)
  local flight, left = self.latest[key], nil
  local task = flight and async.task()
  if not task then return nil end
  local half = half_way(deadline)
  -- Only who is driven by the same loop may wait: another might never run while it does.
  while flight and flight ~= left and flight.home == task.home do
    local moment = now()
    local limit = left and deadline or min(half, flight.half)
    if moment >= flight.half or moment >= limit then return nil end
    wait(flight, task, limit - moment)
    local result = flight.result
    if result and (result.status ~= "timeout" or now() >= half) then return result end
    left, flight = flight, self.latest[key]
  end
end

-- Tells those who wait, or that there is nothing to be told. The leader's caller may do what he likes with his result, and
-- runs before them.
local function land(flight, result)
  local waiting = flight.waiting
  flight.waiting, flight.result = nil, result and copy(result)
  for task in next, waiting do async.wake(task) end
end

--- Lets nobody wait any more for the latest flight with a key, what it brings being old from now on.
-- @tparam string key
function Flights:forget(key) self.latest[key] = nil end

--- Leads a flight, which becomes the latest with its key.
-- @tparam string key
-- @tparam number deadline the moment (`async.now`) by which it will have ended
-- @tparam function fly what brings the answer (a table, of which those who wait get a copy), called with the further arguments
-- @tparam any ...
-- @treturn table what `fly` returned
-- @treturn boolean has no later one begun since, and was it not forgotten? Else what this one brought is old
-- @raise what `fly` raises, as it was
function Flights:lead(key, deadline, fly, ...)
  local latest, task = self.latest, async.task()
  local flight = { half = half_way(deadline), home = task and task.home }
  latest[key] = flight
  local ok, result = pcall(fly, ...)
  local is_latest = latest[key] == flight
  if is_latest then latest[key] = nil end
  if flight.waiting then land(flight, ok and result) end
  if not ok then error(result, 0) end
  return result, is_latest
end

return M
