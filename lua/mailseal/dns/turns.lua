--- How many queries of a worker of nginx may be under way at a time, and the queue behind them: first come, first served.
--
-- A request that is aborted takes its tasks with it, without a word: what they held is reclaimed when somebody waits for it.
-- @module mailseal.dns.turns
local async = require "mailseal.async"

local now, min = async.now, math.min

local M = {}
local Turns = {}
Turns.__index = Turns
Turns.__name = "mailseal.dns.turns"

-- Seconds from one look for tasks that have vanished to the next; and those that a task may be late.
local GLANCE, LATE = 0.1, 1

--- Makes the turns.
-- @tparam number limit how many at a time
-- @tparam function vanished says whether a task that waited is there no more
-- @treturn table
function M.new(limit, vanished)
  return setmetatable({
    limit = limit, vanished = vanished, looked = 0, -- when vanished tasks were looked for
    holders = {}, count = 0, -- until when each task may hold its turn, and how many do
    queue = {}, first = 1, last = 0, places = {}, -- the tasks that wait, false for one that does no more; and each one's place
  }, Turns)
end

local function hold(self, task, seconds)
  self.holders[task], self.count = now() + seconds + LATE, self.count + 1
end

-- Gives what turns are free to those who have waited longest.
local function hand_on(self)
  while self.count < self.limit and self.first <= self.last and not self.closed do
    local task = self.queue[self.first]
    self.queue[self.first], self.first = nil, self.first + 1
    if task then
      local seconds = self.places[task].seconds
      self.places[task] = nil
      if not self.vanished(task) then
        hold(self, task, seconds)
        async.wake(task)
      end
    end
  end
end

-- Takes from tasks that have vanished what they held.
local function reclaim(self)
  local moment = now()
  if moment < self.looked + GLANCE then return end
  self.looked = moment
  for task, limit in pairs(self.holders) do
    if moment > limit or self.vanished(task) then self:leave(task) end
  end
  hand_on(self)
end

local function leave_queue(self, task)
  local place = self.places[task]
  if not place then return end
  self.queue[place.at], self.places[task] = false, nil
end

-- Waits in the queue until the task has its turn, or there is none to be had any more.
local function wait(self, task, seconds, deadline)
  self.last = self.last + 1
  self.queue[self.last], self.places[task] = task, { at = self.last, seconds = seconds }
  repeat
    local left = deadline - now()
    if left <= 0 or self.closed then break end
    -- Within the time of a query those are over that are under way, unless they have vanished.
    local going_on, why = pcall(async.suspend, nil, nil, min(left, seconds))
    if not going_on then
      leave_queue(self, task)
      self:leave(task)
      error(why, 0)
    end
    if not self.holders[task] then reclaim(self) end
  until self.holders[task]
  leave_queue(self, task)
  if self.holders[task] then return true end
  return nil, self.closed and "closed" or "queued"
end

--- Waits for the running task's turn.
-- @tparam table task the running one
-- @tparam number seconds how long it will hold the turn, at most
-- @tparam number deadline the moment (`async.now`) until which it waits
-- @treturn ?boolean true where it has its turn, and is to `leave` it; else nil
-- @treturn ?string `queued` where the time was over before, or `closed`
-- @raise `async.cancelled`
function Turns:take(task, seconds, deadline)
  if self.closed then return nil, "closed" end
  if self.count >= self.limit then reclaim(self) end
  if self.count >= self.limit or self.first <= self.last then return wait(self, task, seconds, deadline) end
  hold(self, task, seconds)
  return true
end

--- Gives a turn back, to who has waited longest.
-- @tparam table task who had it
function Turns:leave(task)
  if not self.holders[task] then return end
  self.holders[task], self.count = nil, self.count - 1
  if self.first <= self.last then hand_on(self) end
end

--- Wakes all who have a turn or wait for one; nobody waits any more.
function Turns:close()
  self.closed = true
  local tasks = {}
  for task in pairs(self.holders) do tasks[#tasks + 1] = task end
  for task in pairs(self.places) do tasks[#tasks + 1] = task end
  for _, task in ipairs(tasks) do async.wake(task) end
end

return M
