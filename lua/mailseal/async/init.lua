--- Tasks that wait side by side: in a plain script, under cqueues, under luv and inside nginx alike.
--
--     async.run(function()
--       local answers, errors = async.map(names, 500, function(name) return resolver:query(name, "TXT") end)
--       local slow = async.start(function() return resolver:query("example.com", "MX") end)
--       local answer, message, code = async.within(3, function() return resolver:query("example.org", "MX") end)
--       print(slow:join().status)
--     end)
--
-- In a task, what waits (a DNS query, `sleep`) lets others go on. Everywhere else the same calls wait in place: in a plain
-- script outside `run`, and in a coroutine that is nobody's task, for that must not be yielded. Tasks are: what `run`, `map`,
-- `start` and `within` call; every coroutine of a cqueues controller; what `mailseal.async.luv` starts; and the handlers and
-- light threads of nginx. There, `run` and the others use that loop's own coroutines, so that what else waits in its way (a
-- cqueues socket, a cosocket) may be used in them too; a task in a plain script or under luv may wait through this module only.
--
-- **How tasks end.** A task does not outlive the one that started it: when the function of a task has ended (of `run`, `within`,
-- `start`, of all calls of a `map`), the tasks that it started and did not `join` are cancelled, and only when they have ended
-- too is it over. What a coroutine of cqueues, a callback of luv or a handler of nginx starts belongs to nobody and goes on by
-- itself.
--
-- **Errors.** An error in a task is kept until somebody asks: `join`, `run` and `within` raise it as it was, `map` collects it;
-- no other task is disturbed. `task.traceback` is the text that tells where it was raised.
--
-- **Cancelling.** In a cancelled task every wait raises `async.cancelled`, the present one at once. Nobody need catch it; who
-- has a `pcall` around what waits ought to raise it again (`if problem == async.cancelled then error(problem, 0) end`). One that
-- never does, in a loop without end, never ends, and neither does the `within` around it. What waits by other means than
-- mailseal's hears of it at its next wait here. (In plain Lua 5.1 nothing can wait inside a `pcall` at all.)
--
-- **Hosts.** For those who write one. A host is a module with
--
-- - `here()`: may the caller wait by being suspended in this host? Called often: cheap.
-- - `task()`: the task that runs; for a coroutine that is the host's, but was not started by us, one is made
--   (`mailseal.async.task.foreign(host, home)`) and found again. Nil where `here()` is false.
-- - `suspend(poller, on_cancel, seconds)`, `wake(task, first, second)`: see below.
-- - `spawn(task, fn)`: begins a task that the facade has made (`home` is the starter's) by calling fn, now or soon. When fn has
--   ended it calls `task:over(true, …)`, or `task:over(false, problem)` and has set `task.traceback`. One that was cancelled
--   (`task.cancelled`) before it has begun it does not begin: `task:over(false, CANCELLED)`.
-- - `cancel(task)`: `task.cancelled` has just been set. A task in `suspend` is woken, `on_cancel(poller, task)` is called, and
--   `suspend` raises CANCELLED. Where a cancelled task calls `suspend`, it likewise calls `on_cancel`, lets others go on for a
--   turn, and raises. A host that can end a task whatever it waits for does so, and calls `task:over(false, CANCELLED)`.
-- - `sleep(seconds)`: lets the running task wait; raises CANCELLED as `suspend` does.
--
-- CANCELLED is that of `mailseal.async.task`. The built-in host is `mailseal.async.loop`, a plain one to read
-- `mailseal.async.cqueues`.
--
-- @module mailseal.async
local loop = require "mailseal.async.loop"
local tasks = require "mailseal.async.task"
local core = require "mailseal.core".async

local unpack = table.unpack or unpack -- luacheck: ignore
local CANCELLED, Task = tasks.CANCELLED, tasks.Task

local M = {}

--- The error that is raised in a cancelled task.
M.cancelled = CANCELLED

--- The monotonic clock, for deadlines and durations; never the time of day.
-- @treturn number seconds since some moment
-- @function now
M.now = core.now
local now = M.now

-- ---- For transports, and whoever else lets tasks wait for each other.

--- The task that runs just now.
-- @treturn ?table nil where the caller is no task: then it must wait in place (`block`). Its field `home` tells who drives it:
--   only tasks of the same home may wait for each other.
-- @function task
M.task = loop.task

--- Suspends the running task until somebody wakes it.
-- @tparam[opt] table|userdata poller what its loop must attend to meanwhile: an object with the methods `pollfd()`, a descriptor;
--   `events()`, "r"; `timeout()`, seconds or nil; and `process()`, called when the descriptor is readable or the time is over
-- @tparam[opt] function on_cancel called with the poller and the task where the task is cancelled meanwhile, so that nobody wakes
--   it out of a later wait; one function for all waits will do where it finds in a field `token` of the task what to forget
-- @tparam[opt] number seconds how long at most; then it returns nil and "timeout", and the caller sees to it that nobody wakes it
-- @treturn any what was given to `wake`
-- @treturn any likewise
-- @raise `async.cancelled` where the task is cancelled
-- @function suspend
M.suspend = loop.suspend

--- Lets a suspended task go on, `suspend` returning the values given. One that is not suspended is left alone.
-- @tparam table task what `task()` returned
-- @tparam[opt] any first
-- @tparam[opt] any second
-- @function wake
M.wake = loop.wake

--- Waits in place, once, for a poller, and lets it process what came.
-- @tparam table|userdata poller see `suspend`
-- @function block
M.block = loop.block

-- ---- Hosts.

local nginx, cqueues

-- nginx's loop, where this runs in it. In one of nginx's threads (ngx.run_worker_thread) there is an `ngx`, too, but it has no sockets, and
-- whoever waits there waits in place.
local function nginx_loop()
  local its = rawget(_G, "ngx")
  return its and its.socket and its
end

-- The host that the caller may wait in; nil where there is none. None is loaded that is not in use.
loop.look_elsewhere(function()
  if nginx_loop() then
    nginx = nginx or require "mailseal.async.nginx"
    return nginx.here() and nginx or nil
  end
  if package.loaded.cqueues then
    cqueues = cqueues or require "mailseal.async.cqueues"
    return cqueues.here() and cqueues or nil
  end
end)

-- Where nginx must not wait, its worker would be held up, and everybody with it.
loop.check_waiting_by(function()
  local its = nginx_loop()
  if not its then return end
  error(("nginx's %s phase must not wait; wait in a timer (ngx.timer.at), or in a phase that may (access, content)"):format(
    its.get_phase()), 0)
end)

-- ---- Starting and joining.

-- The function with its arguments.
local function bind(fn, ...)
  local n = select("#", ...)
  if n == 0 then return fn end
  local arguments = { ... }
  return function() return fn(unpack(arguments, 1, n)) end
end

-- Starts a child of a task.
local function spawn(parent, fn)
  local task = tasks.new(parent.host, parent.home, parent)
  task.host.spawn(task, fn)
  return task
end

-- What a finished task's function returned; nil, a message and a code where it was cancelled.
local function outcome(task)
  local result = task.result
  if task.ok then return unpack(result, 1, result.n) end
  if result[1] == CANCELLED then return nil, "the task was cancelled", "cancelled" end
  error(result[1], 0)
end

-- Waits until a task is finished, or for so long. `on_cancel` finds the task in `waiter.token`.
local function wait_for(task, waiter, on_cancel, seconds)
  task.joiners = task.joiners or {}
  task.joiners[waiter] = true
  waiter.token = task
  M.suspend(nil, on_cancel, seconds)
  task.joiners[waiter] = nil
end

local function forget(_, waiter) waiter.token.joiners[waiter] = nil end

local function forget_and_cancel(_, waiter)
  forget(nil, waiter)
  waiter.token:cancel()
end

local function check_function(fn, name)
  if type(fn) ~= "function" then error(name .. " wants a function", 3) end
end

local function check_seconds(seconds, name)
  if type(seconds) ~= "number" or not (seconds >= 0 and seconds < math.huge) then
    error(name .. " wants a finite number of seconds, from 0 on", 3)
  end
end

--- Starts a function as a task and returns; it begins when the caller waits, at the latest. Where nobody could run it meanwhile,
-- in a plain script outside `run`, it is run to its end first.
-- @tparam function fn what to call
-- @tparam any ... its arguments
-- @treturn table the task, with the methods `join` and `cancel`; `finished` says whether it is
function M.start(fn, ...)
  check_function(fn, "async.start")
  local parent = M.task()
  if not parent then return loop.complete(bind(fn, ...)) end
  return spawn(parent, bind(fn, ...))
end

--- Waits until a task is finished.
-- @treturn any what its function returned; or, where it was cancelled: nil
-- @treturn ?string a message
-- @treturn ?string `cancelled`
-- @raise the error that its function raised, as it was
function Task:join()
  while not self.finished do
    local waiter = M.task()
    if not waiter then error("a task that is not finished can be joined in another task only", 2) end
    if waiter == self then error("a task cannot join itself", 2) end
    wait_for(self, waiter, forget)
  end
  return outcome(self)
end

--- Runs a function as a task, and waits until it and all that it started is over.
-- In a plain script it runs a loop meanwhile.
-- @tparam function fn what to run
-- @tparam any ... its arguments
-- @treturn any what it returns; nil, a message and `cancelled` where it was cancelled
-- @raise its error, as it was
function M.run(fn, ...)
  check_function(fn, "async.run")
  local waiter = M.task()
  if not waiter then return outcome(loop.complete(bind(fn, ...))) end
  local task = spawn(waiter, bind(fn, ...))
  while not task.finished do wait_for(task, waiter, forget_and_cancel) end
  return outcome(task)
end

--- Runs a function as `run` does, and cancels it where it is not over in time.
-- @tparam number seconds how long, from 0 on
-- @tparam function fn what to run
-- @tparam any ... its arguments
-- @treturn any what it returns; where the time was over, nil
-- @treturn ?string a message
-- @treturn ?string `timeout`
-- @raise its error, as it was
function M.within(seconds, fn, ...)
  check_seconds(seconds, "async.within")
  check_function(fn, "async.within")
  local waiter = M.task()
  if not waiter then return M.run(M.within, seconds, fn, ...) end
  local moment, late = now() + seconds, false
  local task = spawn(waiter, bind(fn, ...))
  while not task.finished do
    wait_for(task, waiter, forget_and_cancel, not late and math.max(0, moment - now()) or nil)
    if not late and not task.finished and now() >= moment then
      late = true
      task:cancel()
    end
  end
  if late and (task.ok or task.result[1] == CANCELLED) then
    return nil, ("not over after %g seconds"):format(seconds), "timeout"
  end
  return outcome(task)
end

-- ---- Many at a time.

local work

-- What a worker does: it calls for one item after the other.
local function serve(map)
  local task = M.task()
  while map.taken < map.n do
    local place = map.taken + 1
    map.taken, task.place_in_map = place, place
    local value, message = map.fn(map.items[place], place)
    map.results[place] = value
    if value == nil then map.errors[place] = message end
  end
end

-- When a worker has ended.
local function after_work(task)
  local map, place = task.map, task.place_in_map
  map.workers[task] = nil
  if not task.ok and place then map.errors[place], map.tracebacks[place] = task.result[1], task.traceback end
  if not task.ok and map.taken < map.n and not map.abandoned then return work(map) end
  map.working = map.working - 1
  if map.working == 0 then M.wake(map.parent) end
end

-- Starts a worker. An error ends it, and another takes its place: a pcall would do, but Lua 5.1 cannot wait inside one.
function work(map)
  local task = spawn(map.parent, map.serve)
  task.map, task.after = map, after_work
  map.workers[task] = true
end

-- Where the caller of `map` is cancelled.
local function abandon(_, parent)
  local map = parent.token
  map.abandoned = true
  for task in pairs(map.workers) do task:cancel() end
end

--- Calls a function for each item, at most `limit` calls being under way at a time.
-- Outside `run` it runs a loop of its own. An error in one call does not disturb the others.
-- @tparam table items a list
-- @tparam number limit how many at a time
-- @tparam function fn called with the item and its place in the list
-- @treturn table by place, the first value that each call returned
-- @treturn table by place, the error that a call raised, or the message it returned behind a nil; empty where all is well
-- @treturn table by place, the traceback of an error that was raised, a text
function M.map(items, limit, fn)
  if type(items) ~= "table" or type(fn) ~= "function" or type(limit) ~= "number" or not (limit >= 1 and limit <= math.huge) then
    error("async.map wants a list, a number from 1, and a function", 2)
  end
  local parent = M.task()
  if not parent then return M.run(M.map, items, limit, fn) end
  local n = #items
  local map = {
    parent = parent, items = items, n = n, fn = fn, taken = 0, working = math.min(math.floor(limit), n), workers = {},
    results = {}, errors = {}, tracebacks = {},
  }
  map.serve = bind(serve, map)
  for _ = 1, map.working do work(map) end
  parent.token = map
  while map.working > 0 do M.suspend(nil, abandon) end
  return map.results, map.errors, map.tracebacks
end

-- When a task of `each` has ended.
local function after_each(task)
  local group = task.map
  group.left = group.left - 1
  if group.left == 0 and group.waiting then M.wake(group.parent) end
end

local function cancel_all(group)
  for i = 1, #group do group[i]:cancel() end
end

-- Where the caller of `each` is cancelled while it waits for the tasks.
local function abandon_group(_, parent)
  local group = parent.token
  group.waiting = false
  cancel_all(group)
end

-- Waits until all tasks of a group are over.
local function wait_for_group(group)
  while group.left > 0 do
    group.waiting, group.parent.token = true, group
    M.suspend(nil, abandon_group)
    group.waiting = false
  end
end

-- Starts a task for each item but the first.
local function start_group(parent, items, n, fn)
  local group = { parent = parent, left = n - 1, waiting = false }
  for place = 2, n do
    local task = spawn(parent, function() return fn(items[place], place) end)
    task.map, task.after, group[place - 1] = group, after_each, task
  end
  return group
end

-- Puts what the tasks of a group have returned into the results. Returns the first problem, which is the given one where there is one.
local function gather(group, results, problem)
  for i = 1, #group do
    local task = group[i]
    local first, second = task.result[1], task.result[2]
    if task.ok and first ~= nil then
      results[i + 1] = first
    elseif problem == nil then
      problem = first
      if task.ok then problem = second end
    end
  end
  return problem
end

--- Calls a function for each item, all side by side, as `map` does, for who has no use for some of the results only.
-- The first call is the caller's own task's, so that for a single item there is no other one.
-- @tparam table items a list
-- @tparam function fn called with the item and its place in the list
-- @treturn table by place, the first value that each call returned
-- @raise when all calls are over: the error of the first item whose call raised one, as it was, or the message that it returned
--   behind a nil
function M.each(items, fn)
  if type(items) ~= "table" or type(fn) ~= "function" then error("async.each wants a list and a function", 2) end
  local parent, n = M.task(), #items
  if n == 0 then return {} end
  if not parent then return M.run(M.each, items, fn) end
  local group, results, problem = start_group(parent, items, n, fn), {}, nil
  local ok, value, message = pcall(fn, items[1], 1)
  if not ok and parent.cancelled then
    cancel_all(group)
    error(CANCELLED, 0)
  end
  wait_for_group(group)
  if not ok then problem = value elseif value == nil then problem = message else results[1] = value end
  problem = gather(group, results, problem)
  if problem ~= nil then error(problem, 0) end
  return results
end

--- Waits.
-- @tparam number seconds how long, from 0 on; of a moment that may be past: `math.max(0, moment - async.now())`
-- @raise where it is no such number, or infinite; in a phase of nginx that must not wait
function M.sleep(seconds)
  check_seconds(seconds, "async.sleep")
  local task = M.task()
  if task then task.host.sleep(seconds) else loop.sleep_in_place(seconds) end
end

return M
