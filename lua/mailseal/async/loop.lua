--- The built-in host: tasks that are coroutines of ours, and the loop that runs them in a plain script.
--
-- What `mailseal.async` says of hosts holds for it; but it comes first, and the functions that a query goes through (`task`,
-- `suspend`, `wake`) are the facade's own: they find out themselves whether it is another host's business.
-- @module mailseal.async.loop
local core = require "mailseal.core".async
local tasks = require "mailseal.async.task"
local timers = require "mailseal.async.timers"

local running, create, resume, yield = coroutine.running, coroutine.create, coroutine.resume, coroutine.yield
local now, CANCELLED = core.now, tasks.CANCELLED

local M = {}

-- The task that is being resumed: the running one, unless a coroutine within it runs.
local current

-- Finds the host of whoever is no task of ours; set by the facade.
local function elsewhere() end

--- Says how other hosts are found. For the facade.
-- @tparam function find returns the host that the caller may wait in, or nil
function M.look_elsewhere(find) elsewhere = find end

-- Raises where nobody must wait in place; set by the facade.
local function check_waiting() end

--- Says how it is found out whether the caller may wait in place. For the facade.
-- @tparam function check raises where he must not
function M.check_waiting_by(check) check_waiting = check end

--- The task that runs just now, of any host.
-- @treturn ?table nil where the caller must wait in place
function M.task()
  local task = current
  if task and task.thread == running() then return task end
  local host = elsewhere()
  return host and host.task()
end

-- Raises the error where a cancelled task would wait; the others have their turn first, for it may catch it and wait again,
-- for ever.
local function refuse(task, poller, on_cancel)
  if on_cancel then on_cancel(poller, task) end
  local ready = task.home.ready
  ready[#ready + 1] = task
  yield(refuse)
  error(CANCELLED, 0)
end

--- Suspends the running task: see `mailseal.async.suspend`.
-- @tparam[opt] table|userdata poller
-- @tparam[opt] function on_cancel
-- @tparam[opt] number seconds
-- @treturn any
-- @treturn any
function M.suspend(poller, on_cancel, seconds)
  local task = current
  if not task or task.thread ~= running() then
    local host = elsewhere()
    if not host then error("nobody can be suspended here", 2) end
    return host.suspend(poller, on_cancel, seconds)
  end
  if task.cancelled then refuse(task, poller, on_cancel) end
  task.waiting, task.poller, task.on_cancel = true, poller, on_cancel
  if seconds then timers.add(task.home.timers, task, now() + seconds) end
  if poller then
    local pollers = task.home.pollers
    pollers[poller] = (pollers[poller] or 0) + 1
  end
  local first, second = yield()
  if task.place then timers.remove(task.home.timers, task) end
  if task.cancelled then error(CANCELLED, 0) end
  return first, second
end

--- Lets a suspended task of any host go on: see `mailseal.async.wake`.
-- @tparam table task
-- @tparam[opt] any first
-- @tparam[opt] any second
function M.wake(task, first, second)
  if task.host ~= M then return task.host.wake(task, first, second) end
  if not task.waiting then return end
  task.waiting, task.first, task.second = false, first, second
  local loop, poller = task.home, task.poller
  if poller then
    local n = loop.pollers[poller]
    loop.pollers[poller], task.poller = n > 1 and n - 1 or nil, nil
    if n == 1 and loop.leave then loop.leave(poller) end
  end
  local ready = loop.ready
  ready[#ready + 1] = task
  if loop.kick then loop.kick() end
end

--- Ends the wait of a task that has been cancelled. For `task:cancel`.
-- @tparam table task
-- @function cancel
M.cancel = tasks.end_wait

--- Waits in a task.
-- @tparam number seconds
function M.sleep(seconds) M.suspend(nil, nil, seconds) end

-- ---- Running tasks.

-- So many coroutines are kept for the next tasks when theirs have ended: to make one costs more than most tasks do with it.
local IDLE_MAX = 1000

-- What the function of a task does, which is the running one.
local function run()
  local task = current
  local fn = task.first
  task.first = nil
  if task.cancelled then error(CANCELLED, 0) end
  return fn()
end

-- What a coroutine does: one task after the other. It keeps nothing of one when that has ended.
local function body()
  while true do yield(body, run()) end
end

-- When a task's function has returned.
local function leave(task, _, ...)
  local idle = task.home.idle
  if #idle < IDLE_MAX then idle[#idle + 1] = task.thread end
  task.thread = nil
  task:over(true, ...)
end

-- After a step: does the task wait, or has it ended, and how?
local function look_at(task, ok, ...)
  if task.waiting or (...) == refuse then return end
  if ok and (...) == body then return leave(task, ...) end
  if ok then return task:over(false, "a task may wait only through mailseal.async") end
  if (...) ~= CANCELLED then task.traceback = debug.traceback(task.thread) end
  task:over(false, ...)
end

local function step(task)
  local before = current
  current = task
  look_at(task, resume(task.thread, task.first, task.second))
  current = before
end

--- Begins a task.
-- @tparam table task see `mailseal.async.task`; its home is a loop
-- @tparam function fn
function M.spawn(task, fn)
  local idle = task.home.idle
  local count = #idle
  task.thread, idle[count] = idle[count] or create(body), nil
  task.waiting = true
  M.wake(task, fn)
end

--- Makes a loop.
-- @treturn table `ready`, the list of tasks to be resumed; `idle`, coroutines for further ones; `timers`; `pollers`, what is to
--   be attended to, and how many tasks wait for it; and functions, where a host needs them: `kick`, called when a task has
--   become ready, and `leave`, called with a poller that nobody waits for any more
function M.new()
  return { ready = {}, idle = {}, timers = {}, pollers = {} }
end

--- Resumes the tasks that were ready.
-- @tparam table loop
function M.turn(loop)
  local ready = loop.ready
  loop.ready = {}
  for i = 1, #ready do step(ready[i]) end
end

--- Wakes the tasks whose time is over.
-- @tparam table loop
function M.wake_sleepers(loop)
  local heap = loop.timers
  if not heap[1] then return end
  local moment = now()
  while heap[1] and heap[1].at <= moment do
    local task = heap[1]
    timers.remove(heap, task)
    M.wake(task, nil, "timeout")
  end
end

--- Lets every poller that tasks wait for process what came.
-- @tparam table loop
function M.process(loop)
  local pollers = {}
  for poller in pairs(loop.pollers) do pollers[#pollers + 1] = poller end
  for i = 1, #pollers do pollers[i]:process() end
end

-- ---- In a plain script.

-- Waits for what the tasks wait for, not at all where some are ready.
local function wait(loop)
  local sleeper, busy = loop.timers[1], #loop.ready > 0
  if not busy and not sleeper and not next(loop.pollers) then error("every task waits for another", 0) end
  local seconds, descriptors = busy and 0 or sleeper and sleeper.at - now() or 3600, {}
  for poller in pairs(loop.pollers) do
    descriptors[#descriptors + 1] = poller:pollfd()
    seconds = math.min(seconds, poller:timeout() or seconds)
  end
  if seconds > 0 then check_waiting() end
  if seconds > 0 or #descriptors > 0 then core.poll(descriptors, seconds) end
end

--- Runs a function as a task, and a loop in place until it is finished.
-- @tparam function fn
-- @treturn table the task
function M.complete(fn)
  local loop = M.new()
  local task = tasks.new(M, loop)
  local begun, problem = pcall(M.spawn, task, fn)
  if not begun then
    check_waiting() -- there are phases of nginx that have no coroutines
    error(problem, 0)
  end
  while true do
    M.turn(loop)
    if task.finished then return task end
    wait(loop)
    M.process(loop)
    M.wake_sleepers(loop)
  end
end

--- Waits in place, once, for a poller, and lets it process what came.
-- @tparam table|userdata poller see `mailseal.async.suspend`
function M.block(poller)
  check_waiting()
  core.poll({ poller:pollfd() }, poller:timeout() or 1)
  poller:process()
end

--- Waits in place.
-- @tparam number seconds
function M.sleep_in_place(seconds)
  check_waiting()
  local moment = now() + seconds
  -- poll ends early at a signal, and after an hour.
  repeat
    core.poll({}, math.max(0, moment - now()))
  until now() >= moment
end

return M
