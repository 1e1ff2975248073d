--- The host for cqueues: every coroutine of a controller is a task, and what `mailseal.async` starts is a coroutine of the
-- same controller. It is loaded where cqueues is in use, and there is nothing to call.
--
-- What tasks of a controller wait for (a transport) one coroutine attends to for all of them; they themselves wait on
-- condition variables of their own, so that only those go on that have something.
-- @module mailseal.async.cqueues
local cqueues = require "cqueues"
local condition = require "cqueues.condition"
local tasks = require "mailseal.async.task"

local running, monotime = cqueues.running, cqueues.monotime
local CANCELLED = tasks.CANCELLED

local M = {}

-- By coroutine, its task.
local task_of = setmetatable({}, { __mode = "k" })

-- By controller, and by poller, how it is attended to: `n`, how many tasks wait for it; its `descriptor`; and `change`, a
-- condition variable to tell the attendant of what it does not see by itself.
local attendance = setmetatable({}, { __mode = "k" })

--- May the caller wait by being suspended? Not in a coroutine within one of the controller's, as cqueues has it.
-- @treturn boolean
function M.here()
  local controller, is_its_own = running()
  return controller ~= nil and is_its_own
end

--- The task that runs just now.
-- @treturn ?table
function M.task()
  local controller, is_its_own = running()
  if not (controller and is_its_own) then return nil end
  local thread = coroutine.running()
  local task = task_of[thread]
  if not task then
    task = tasks.foreign(M, controller)
    task_of[thread] = task
  end
  return task
end

-- ---- Pollers.

-- What the attendant of a poller does, until nobody waits for it any more.
local function attend(poller, attended, pollers)
  while attended.n > 0 do
    cqueues.poll(poller, attended.change)
    local ok, problem = true, nil
    if attended.n > 0 then ok, problem = pcall(poller.process, poller) end
    if not ok then
      -- The controller's to report; where it is run again, those who wait are attended to again.
      running():wrap(attend, poller, attended, pollers)
      error(problem, 0)
    end
  end
  pollers[poller] = nil
end

local function add_waiter(controller, poller)
  local pollers = attendance[controller]
  if not pollers then
    pollers = {}
    attendance[controller] = pollers
  end
  local attended = pollers[poller]
  if not attended then
    attended = { n = 1, change = condition.new(), descriptor = poller:pollfd() }
    pollers[poller] = attended
    controller:wrap(attend, poller, attended, pollers)
  else
    attended.n = attended.n + 1
    -- It may be ready before the moment that the attendant knows of.
    if poller:timeout() == 0 then attended.change:signal() end
  end
  return attended
end

local function remove_waiter(task)
  local attended = task.attended
  if not attended then return end
  task.attended = nil
  attended.n = attended.n - 1
  if attended.n > 0 then return end
  -- The controller must let go of the descriptor before it may be closed, and another gets its number.
  task.home:cancel(attended.descriptor)
  attended.change:signal()
end

-- ---- Waiting.

-- Waits until the task is woken, or the moment has come.
local function wait(task, moment)
  while task.waiting do
    local left = moment and moment - monotime()
    if left and left <= 0 then
      task.waiting, task.first, task.second = false, nil, "timeout"
      remove_waiter(task)
      return
    end
    cqueues.poll(task.condition, left)
  end
end

--- Suspends the running task: see `mailseal.async.suspend`.
-- @tparam[opt] table|userdata poller
-- @tparam[opt] function on_cancel
-- @tparam[opt] number seconds
-- @treturn any
-- @treturn any
function M.suspend(poller, on_cancel, seconds)
  local task = M.task()
  task.condition = task.condition or condition.new()
  task.waiting, task.poller, task.on_cancel = true, poller, on_cancel
  if task.cancelled then
    M.cancel(task)
    cqueues.sleep(0) -- the others have their turn even where it catches the error and waits again, for ever
  end
  if poller and task.waiting then task.attended = add_waiter(task.home, poller) end
  wait(task, seconds and monotime() + seconds)
  local first, second = task.first, task.second
  task.first, task.second = nil, nil
  if task.cancelled then error(CANCELLED, 0) end
  return first, second
end

--- Lets a suspended task go on: see `mailseal.async.wake`.
-- @tparam table task
-- @tparam[opt] any first
-- @tparam[opt] any second
function M.wake(task, first, second)
  if not task.waiting then return end
  task.waiting, task.first, task.second = false, first, second
  remove_waiter(task)
  task.condition:signal()
end

--- Ends the wait of a task that has been cancelled. For `task:cancel`.
-- @tparam table task
-- @function cancel
M.cancel = tasks.end_wait

--- Waits in a task.
-- @tparam number seconds
function M.sleep(seconds) M.suspend(nil, nil, seconds) end

-- ---- Starting.

--- Begins a task.
-- @tparam table task see `mailseal.async.task`; its home is a controller
-- @tparam function fn
function M.spawn(task, fn)
  task.home:wrap(function()
    task_of[coroutine.running()] = task
    if task.cancelled then return task:over(false, CANCELLED) end
    task:over(xpcall(fn, tasks.noting(task)))
  end)
end

return M
