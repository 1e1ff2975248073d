--- Work in a pool of nginx's threads: so much at a time, and a bounded queue in front.
--
-- A call is made by a porter, a light thread of a timer's, of which there are as many as slots, and none where nothing is to be done.
-- Requests only wait for what he brings. So a request that is aborted takes no slot with it; what it began is done all the same, and
-- what that changed is told. And `ngx.run_worker_thread` leaves behind, in the light thread that called it, a note of memory that it
-- has freed, and would write there when that one ends: a porter calls again or waits before he ends, which takes the note away.
-- @module mailseal.http.threads
local async = require "mailseal.async"

local unpack = table.unpack or unpack -- luacheck: ignore
local now = async.now

local M = {}
local Pool = {}
Pool.__index = Pool
Pool.__name = "mailseal.http.threads"

-- What runs in the thread.
local MODULE = "mailseal.http.thread"

-- Seconds that a call waits for its turn; that a porter waits for calls before he ends, for whom a worker of nginx waits that is to end;
-- and after which nobody reckons any more with one who has not begun: where too many timers run nginx drops those that are due.
local PATIENCE, IDLE, LATE = 10, 1, 1

local function nothing() end

--- Makes a pool.
-- @tparam table options `name`, of the `thread_pool` in nginx.conf; `slots`, how many calls at a time; `queue`, how many more may wait;
--   `changed`, a function that is called with what each call has changed, a list
-- @treturn table
function M.new(options)
  return setmetatable({
    name = options.name, slots = options.slots, most = options.queue, changed = options.changed,
    queue = {}, first = 1, last = 0, waiting = 0, -- the calls that wait, false for one that does no more
    porters = 0, idle = {}, -- how many there are; the semaphores of those that have nothing to do
    coming = 0, asked_at = 0, -- how many were asked for and have not begun; when the last one was
    refused = nothing, -- called for each call that is refused
  }, Pool)
end

-- The next call; nil where there is none.
local function take(self)
  while self.first <= self.last do
    local job = self.queue[self.first]
    self.queue[self.first], self.first = nil, self.first + 1
    if job then
      self.waiting, job.begun = self.waiting - 1, true
      return job
    end
  end
end

-- What a call has come to: { ok, what was changed, … }, or { failure = }.
local function bring(self, job, posted, ok, changed, ...)
  if not posted then
    job.failure = tostring(ok)
  else
    job.ok, job.results = ok, { n = select("#", ...), ... }
    if changed then
      self.changed(changed)
    end
  end
  job.over = true
  if job.task then
    async.wake(job.task)
  end
end

local function carry(self, job)
  bring(self, job, ngx.run_worker_thread(self.name, MODULE, job.entry, unpack(job, 1, job.n)))
end

-- Nobody is to call him any more.
local function leave(self, bell)
  for i = #self.idle, 1, -1 do
    if self.idle[i] == bell then
      table.remove(self.idle, i)
    end
  end
end

-- Waits for calls, as one of the idle. Returns whether there may be one. Where he was called in the moment in which his time was over,
-- the bell is heard the next time that he waits, though nobody rings it: so he leaves in any case.
local function wait_for_calls(self, bell)
  self.idle[#self.idle + 1] = bell
  local called = bell:wait(not ngx.worker.exiting() and IDLE or 0.001)
  leave(self, bell)
  return called or self.first <= self.last
end

-- What a porter does.
local function serve(self)
  local bell = require "ngx.semaphore".new()
  repeat
    local job = take(self)
    while job do
      local ok, problem = pcall(carry, self, job)
      if not ok then
        bring(self, job, false, problem)
      end
      job = take(self)
    end
  until not wait_for_calls(self, bell)
end

local function porter(_, self)
  self.coming = math.max(self.coming - 1, 0)
  -- He comes so late that another was asked for in his place.
  if self.porters == self.slots then
    return
  end
  self.porters = self.porters + 1
  local ok, problem = pcall(serve, self)
  self.porters = self.porters - 1
  if not ok then
    ngx.log(ngx.ERR, "mailseal: a light thread that calls threads has ended: ", tostring(problem))
  end
end

-- Has somebody see to the queue. Nil where nobody can be had.
local function call_porter(self)
  local bell = table.remove(self.idle)
  if bell then
    bell:post(1)
    return true
  end
  if now() >= self.asked_at + LATE then
    self.coming = 0
  end
  if self.porters + self.coming < self.slots and ngx.timer.at(0, porter, self) then
    self.coming, self.asked_at = self.coming + 1, now()
  end
  return self.porters + self.coming > 0 or nil
end

local function forget(_, task)
  local job = task.token
  job.task = nil
end

local function give_up(self, job)
  if not job.begun then
    self.queue[job.at], self.waiting, job.begun = false, self.waiting - 1, true
  end
end

-- Waits for a call to be over. Returns whether it is.
local function await(self, job)
  local task, deadline = job.task, now() + PATIENCE
  while not job.over do
    task.token = job
    local left = not job.begun and deadline - now() or nil
    if left and left <= 0 then
      give_up(self, job)
      return false
    end
    local going_on, problem = pcall(async.suspend, nil, forget, left and math.min(left, LATE))
    if not going_on then
      give_up(self, job)
      error(problem, 0)
    elseif not job.begun then
      call_porter(self)
    end
  end
  return true
end

local function busy(self)
  self.refused()
  return nil, "the service has more to do than it can just now: try again in a few seconds", "busy"
end

local function queue(self, job)
  self.last, self.waiting = self.last + 1, self.waiting + 1
  self.queue[self.last], job.at = job, self.last
end

--- Calls a function of `mailseal.http.thread` in a thread, and waits for what it returns.
-- @tparam string entry its name
-- @tparam any ... plain data: nil, booleans, numbers, strings, and tables of these
-- @treturn any what it returned
-- @treturn ?string a message
-- @treturn ?string `busy`: too many wait, or one has waited too long; `no_threads`: nginx cannot do that; or what it returned
-- @raise what it raised, as a text
function Pool:call(entry, ...)
  local task = async.task()
  if not task then
    error(("nginx's %s phase must not wait for threads"):format(ngx.get_phase()), 2)
  elseif self.waiting >= self.most then
    return busy(self)
  end
  local job = { task = task, entry = entry, n = select("#", ...), ... }
  queue(self, job)
  if not call_porter(self) or not await(self, job) then
    give_up(self, job)
    return busy(self)
  elseif job.failure then
    return nil, ("nginx's thread_pool %s cannot be used: %s"):format(self.name, job.failure), "no_threads"
  elseif not job.ok then
    error(job.results[1], 0)
  end
  return unpack(job.results, 1, job.results.n)
end

--- How many calls are under way.
-- @treturn number
function Pool:busy()
  return self.porters - #self.idle
end

return M
