--- The host inside nginx (OpenResty, or lua-nginx-module): tasks are light threads, and wait on semaphores.
--
-- What `mailseal.async` says of hosts holds for it. Tasks wait for each other across the requests of a worker: what one
-- request asks of DNS, another may wait for. A request ends when the tasks are over that it has started; when it
-- is aborted, they vanish, as all of its light threads do.
--
-- In the phases that must not wait nobody is a task, and `async` must not be asked to wait. Those that may are rewrite, access,
-- content and timers (ngx.timer.at), which the tests go through, with nginx and lua-nginx-module as Debian has them. Waiting is
-- allowed, but untested, in server_rewrite, in preread (of the stream module), and, with OpenResty's patches to nginx, in
-- ssl_certificate, ssl_client_hello and ssl_session_fetch of a TLS handshake. (Without the patches nginx ends the connection there.)
--
-- A coroutine that a handler makes by itself may wait, too: nginx lets it, and it is a task of its own.
--
-- A task is cancelled where it waits in this library. A light thread could be killed in any cosocket of others, too; but
-- nothing that it holds would be let go of, for its Lua code just stops.
-- @module mailseal.async.nginx
local semaphore = require "ngx.semaphore"
local now = require "mailseal.core".async.now
local tasks = require "mailseal.async.task"

local get_phase, running = ngx.get_phase, coroutine.running
local CANCELLED = tasks.CANCELLED

local M = {}

-- Seconds that a semaphore is waited on at a time: what nginx counts is milliseconds of 31 bits.
local LONG = 86400

-- Seconds that let the others go on. With ngx.sleep(0) an nginx without OpenResty's patches sees to nothing else.
local TURN = 0.001

local phases_that_wait = {
  server_rewrite = true, rewrite = true, access = true, content = true, preread = true, timer = true,
  ssl_cert = true, ssl_client_hello = true, ssl_session_fetch = true,
}

--- May the caller wait?
-- @treturn boolean
function M.here() return phases_that_wait[get_phase()] or false end

-- The tasks of this request, by coroutine. They are kept with the request, for nginx uses coroutines again for others; and no
-- longer than the coroutine, for of those that a handler made nobody tells us the end.
local function tasks_of_request()
  local context = ngx.ctx
  local found = context[M]
  if not found then
    found = setmetatable({}, { __mode = "k" })
    context[M] = found
  end
  return found
end

--- The task that runs just now.
-- @treturn ?table nil where it must not wait
function M.task()
  if not M.here() then return nil end
  local found, thread = tasks_of_request(), running()
  local task = found[thread]
  -- Who runs does not wait: that one vanished in its wait, when a former phase of the request was ended.
  if task and not task.waiting then return task end
  task = tasks.foreign(M, M)
  found[thread] = task
  return task
end

-- Takes notice of the light threads that have ended: until then nginx keeps them, as long as the one that started them.
local function bury(task)
  local dead = task.dead
  if not dead then return end
  task.dead = nil
  for i = 1, #dead do ngx.thread.wait(dead[i]) end
end

-- Waits for the semaphore to be posted. True, or false where the time was over before.
local function wait(task, seconds)
  local deadline = seconds and now() + seconds
  local left = seconds or LONG
  -- A semaphore asked to wait for no time lets nobody else go on.
  if left == 0 then ngx.sleep(TURN) end
  repeat
    local ok, message = task.semaphore:wait(left < LONG and left or LONG)
    if ok then return true end
    if message ~= "timeout" then error("waiting on a semaphore of nginx: " .. message, 0) end
    left = deadline and deadline - now() or LONG
  until left <= 0
  -- Woken in the same moment: then it is posted.
  return not task.waiting and task.semaphore:wait(0) or false
end

--- Suspends the running task: see `mailseal.async.suspend`.
-- @tparam nil poller nginx attends to none
-- @tparam[opt] function on_cancel
-- @tparam[opt] number seconds
-- @treturn any
-- @treturn any
function M.suspend(poller, on_cancel, seconds)
  if poller then error("nginx cannot wait for a descriptor", 2) end
  local task = M.task()
  if task.cancelled then
    if on_cancel then on_cancel(nil, task) end
    ngx.sleep(TURN) -- the others have their turn even where it catches the error and waits again, for ever
    error(CANCELLED, 0)
  end
  task.semaphore = task.semaphore or semaphore.new()
  task.waiting, task.on_cancel, task.first, task.second = true, on_cancel, nil, "timeout"
  wait(task, seconds)
  task.waiting = false
  bury(task)
  if task.cancelled then error(CANCELLED, 0) end
  return task.first, task.second
end

--- Lets a suspended task go on: see `mailseal.async.wake`.
-- @tparam table task
-- @tparam[opt] any first
-- @tparam[opt] any second
function M.wake(task, first, second)
  if not task.waiting then return end
  task.waiting, task.first, task.second = false, first, second
  task.semaphore:post(1)
end

--- Has a task vanished in its wait, with its request? nginx then takes it off the semaphore that it waited for.
-- @tparam table task
-- @treturn boolean
function M.vanished(task)
  return task.waiting and task.semaphore ~= nil and task.semaphore:count() >= 0
end

--- Ends the wait of a task that has been cancelled. For `task:cancel`.
-- @tparam table task
-- @function cancel
M.cancel = tasks.end_wait

--- Waits in a task.
-- @tparam number seconds
function M.sleep(seconds) M.suspend(nil, nil, seconds) end

-- What a task's light thread runs. It begins when its starter waits, as nginx would not have it: nobody wants his task to have
-- ended before he knows of it.
local function body(task, fn, starter)
  local found, thread = tasks_of_request(), running()
  found[thread] = task
  local function over(ok, ...)
    local dead = starter.dead or {}
    starter.dead = dead
    dead[#dead + 1] = thread
    task:over(ok, ...)
    -- Until here it was the running task, who may have started another in its place.
    found[thread] = nil
  end
  task.semaphore:wait(LONG)
  if task.cancelled then return over(false, CANCELLED) end
  over(xpcall(fn, tasks.noting(task)))
end

--- Begins a task.
-- @tparam table task new; see `mailseal.async.task`
-- @tparam function fn what it is to call
function M.spawn(task, fn)
  local starter = M.task()
  bury(starter)
  task.semaphore = semaphore.new()
  ngx.thread.spawn(body, task, fn, starter)
  task.semaphore:post(1)
end

return M
