--- Tasks that wait side by side, and the loop that runs them in a plain script.
--
-- Inside `run`, what waits (a DNS query, `sleep`) lets other tasks go on; outside it, or in a coroutine of somebody
-- else's scheduler, the same calls wait in place, for a coroutine that is not ours must not be yielded.
--
--     async.run(function()
--       local answers, errors = async.map(names, 500, function(name) return resolver:query(name, "TXT") end)
--     end)
--
-- @module mailseal.async
local core = require "mailseal.core".async

local unpack = table.unpack or unpack -- luacheck: ignore
local running, create, resume, yield, status =
  coroutine.running, coroutine.create, coroutine.resume, coroutine.yield, coroutine.status

local M = {}

-- Which coroutine is a task of ours.
local task_of = setmetatable({}, { __mode = "k" })

--- The monotonic clock, for deadlines and durations; never the time of day.
-- @treturn number seconds since some moment
M.now = core.now

--- The task that runs just now.
-- @treturn ?table nil where the caller is no task of `run`: then it must wait in place
function M.task()
  local thread = running()
  return thread and task_of[thread]
end

---- Timers: a heap of {at=, task=}, the earliest first.

local function push_timer(timers, timer)
  local i = #timers + 1
  while i > 1 do
    local parent = (i - i % 2) / 2
    if timers[parent].at <= timer.at then break end
    timers[i] = timers[parent]
    i = parent
  end
  timers[i] = timer
end

local function pop_timer(timers)
  local first, last, n, i = timers[1], timers[#timers], #timers - 1, 1
  timers[n + 1] = nil
  while 2 * i <= n do
    local child = 2 * i
    if child < n and timers[child + 1].at < timers[child].at then child = child + 1 end
    if last.at <= timers[child].at then break end
    timers[i] = timers[child]
    i = child
  end
  if n > 0 then timers[i] = last end
  return first
end

---- Tasks.

local function spawn(loop, body, ...)
  local task = { loop = loop, thread = create(body), n = select("#", ...), ... }
  task_of[task.thread] = task
  loop.ready[#loop.ready + 1] = task
  return task
end

--- Lets a suspended task go on, `suspend` returning the values given. For transports.
-- @tparam table task what `task()` returned
-- @tparam[opt] any first
-- @tparam[opt] any second
function M.wake(task, first, second)
  task.n, task[1], task[2] = 2, first, second
  local ready = task.loop.ready
  ready[#ready + 1] = task
end

--- Suspends the running task until somebody wakes it. For transports.
-- @tparam[opt] table|userdata poller what its loop must attend to meanwhile: an object with the methods `pollfd()`, a descriptor;
--   `timeout()`, seconds or nil; and `process()`, called when the descriptor is readable or the time is over
-- @treturn any what was given to `wake`
function M.suspend(poller)
  local task = M.task()
  local pollers = task.loop.pollers
  task.suspended = true
  if not poller then return yield() end
  pollers[poller] = (pollers[poller] or 0) + 1
  local first, second = yield()
  pollers[poller] = pollers[poller] > 1 and pollers[poller] - 1 or nil
  return first, second
end

--- Waits in place, once, for a poller, and lets it process what came. For transports.
-- @tparam table|userdata poller see `suspend`
function M.block(poller)
  core.poll({ poller:pollfd() }, poller:timeout() or 1)
  poller:process()
end

local function finish(task, ok, ...)
  if status(task.thread) ~= "dead" then
    if task.suspended then return end
    ok, task.result = false, { n = 1, "a task may wait only through mailseal.async" }
  else
    task.result = { n = select("#", ...), ... }
  end
  task.ok, task.finished = ok, true
end

local function step_task(task)
  task.suspended = false
  finish(task, resume(task.thread, unpack(task, 1, task.n)))
  if task.finished and task.after then task.after() end
end

---- The loop.

-- Waits for what the tasks wait for, not at all where some are ready.
local function wait(loop)
  local timer, descriptors = loop.timers[1], {}
  if #loop.ready == 0 and not timer and not next(loop.pollers) then error("every task waits for another", 0) end
  local seconds = #loop.ready > 0 and 0 or timer and timer.at - M.now() or 3600
  for poller in pairs(loop.pollers) do
    descriptors[#descriptors + 1] = poller:pollfd()
    seconds = math.min(seconds, poller:timeout() or seconds)
  end
  if seconds > 0 or #descriptors > 0 then core.poll(descriptors, seconds) end
  local pollers = {}
  for poller in pairs(loop.pollers) do pollers[#pollers + 1] = poller end
  for _, poller in ipairs(pollers) do poller:process() end
end

local function wake_sleepers(loop)
  local timers = loop.timers
  if not timers[1] then return end
  local now = M.now()
  while timers[1] and timers[1].at <= now do M.wake(pop_timer(timers).task) end
end

local function run_until_finished(task)
  local loop = task.loop
  while true do
    local ready = loop.ready
    loop.ready = {}
    for i = 1, #ready do step_task(ready[i]) end
    if task.finished then return end
    wait(loop)
    wake_sleepers(loop)
  end
end

--- Runs a function as a task, and a loop until it is finished; inside a task, simply calls it.
-- @tparam function fn what to run
-- @tparam any ... its arguments
-- @treturn any what it returns; an error in it is raised
function M.run(fn, ...)
  if type(fn) ~= "function" then
    error("async.run wants a function", 2)
  end
  if M.task() then return fn(...) end
  local task = spawn({ ready = {}, timers = {}, pollers = {} }, fn, ...)
  run_until_finished(task)
  if not task.ok then error(task.result[1], 0) end
  return unpack(task.result, 1, task.result.n)
end

--- Calls a function for each item, at most `limit` calls being under way at a time.
-- Outside `run` it runs a loop of its own. An error in one call does not disturb the others.
-- @tparam table items a list
-- @tparam number limit how many at a time
-- @tparam function fn called with the item and its place in the list
-- @treturn table by place, the first value that each call returned
-- @treturn table by place, the error that a call raised, or the message it returned behind a nil; empty where all is well
function M.map(items, limit, fn)
  if type(items) ~= "table" or type(fn) ~= "function" or type(limit) ~= "number" or limit < 1 then
    error("async.map wants a list, a number from 1, and a function", 2)
  end
  local parent = M.task()
  if not parent then return M.run(M.map, items, limit, fn) end

  local n, taken, results, errors = #items, 0, {}, {}
  local working = math.min(math.floor(limit), n)

  -- A worker calls for one item after the other. An error ends it, and another takes its place: a pcall would do, but Lua 5.1
  -- cannot wait inside one.
  local function work()
    local place
    local task = spawn(parent.loop, function()
      while taken < n do
        taken = taken + 1
        place = taken
        local value, message = fn(items[place], place)
        results[place] = value
        if value == nil then errors[place] = message end
      end
    end)
    task.after = function()
      if not task.ok then errors[place] = task.result[1] end
      if not task.ok and taken < n then return work() end
      working = working - 1
      if working == 0 then M.wake(parent) end
    end
  end
  for _ = 1, working do work() end
  if n > 0 then M.suspend() end
  return results, errors
end

--- Waits.
-- @tparam number seconds how long, from 0 on; of a moment that may be past: `math.max(0, moment - async.now())`
-- @raise where it is no such number, or infinite
function M.sleep(seconds)
  if type(seconds) ~= "number" or not (seconds >= 0 and seconds < math.huge) then
    error("async.sleep wants a finite number of seconds, from 0 on", 2)
  end
  local task, moment = M.task(), M.now() + seconds
  if task then
    push_timer(task.loop.timers, { at = moment, task = task })
    M.suspend()
    return
  end
  -- poll ends early at a signal, and after an hour.
  repeat
    core.poll({}, math.max(0, moment - M.now()))
  until M.now() >= moment
end

return M
