--- What a task is, in whichever host it runs: what it has started, how it ends, who waits for that.
--
-- A task has: `host`, the module that resumes it; `home`, what drives it there (a loop, a controller): only tasks of one home
-- may wait for each other; `parent`, the task that started it, and `children`, a set of those that it started, of which `left`
-- are not finished; `cancelled`; `finished`; then `ok` and `result` (a list with `n`), and `traceback`, a text, where its
-- function raised an error. A host keeps there what else it needs.
--
-- A task does not outlive the one that started it: when its function has ended, what it started and what still goes on is
-- cancelled, and it is finished when all of that has ended too.
-- @module mailseal.async.task
local M = {}
local Task = {}
Task.__index = Task
Task.__name = "mailseal.async.task"
Task.finished = false

--- The class of tasks. The methods that wait are added by `mailseal.async`.
M.Task = Task

--- The error that is raised where a cancelled task waits.
M.CANCELLED = setmetatable({}, {
  __name = "mailseal.async.cancelled",
  __tostring = function() return "the task was cancelled" end,
})

--- Makes a task of a coroutine that somebody else has started, and whose end nobody tells us of.
-- @tparam table host the host's module
-- @tparam any home what drives it
-- @treturn table
function M.foreign(host, home)
  return setmetatable({ host = host, home = home, foreign = true, waiting = false, cancelled = false }, Task)
end

--- Makes a task that its host has not begun.
-- @tparam table host the host's module
-- @tparam any home what drives it
-- @tparam[opt] table parent the task that starts it
-- @treturn table
function M.new(host, home, parent)
  -- That there will be as many fields spares the table its growing.
  local task = setmetatable({
    host = host, home = home, parent = nil, thread = nil, waiting = false, cancelled = false, first = nil, second = nil,
    poller = nil, on_cancel = nil, token = nil, after = nil, ok = nil, result = nil, map = nil, place_in_map = nil,
  }, Task)
  if parent and not parent.foreign then
    task.parent = parent
    local children = parent.children
    if not children then
      children, parent.left = {}, 0
      parent.children = children
    end
    children[task] = true
    parent.left = parent.left + 1
  end
  return task
end

local function finish(task)
  task.finished = true
  local parent = task.parent
  if parent then
    parent.children[task] = nil
    parent.left = parent.left - 1
    if parent.left == 0 and parent.result then finish(parent) end
  end
  for joiner in pairs(task.joiners or {}) do joiner.host.wake(joiner) end
  if task.after then task:after() end
end

--- Says that a task's function has ended. For hosts, once a task.
-- @tparam boolean ok whether it returned
-- @tparam any ... what; or the error
function Task:over(ok, ...)
  self.ok, self.result = ok, { n = select("#", ...), ... }
  if (self.left or 0) == 0 then return finish(self) end
  for child in pairs(self.children) do child:cancel() end
end

--- Ends the wait of a task that has been cancelled. For hosts, as their `cancel`.
-- @tparam table task
function M.end_wait(task)
  if not task.waiting then return end
  local poller = task.poller
  task.host.wake(task)
  if task.on_cancel then task.on_cancel(poller, task) end
end

--- What keeps, in a task, where an error was raised in it. For hosts, as the handler of `xpcall`.
-- @tparam table task
-- @treturn function
function M.noting(task)
  return function(problem)
    if problem ~= M.CANCELLED then task.traceback = debug.traceback("", 2):gsub("^\n", "") end
    return problem
  end
end

--- Cancels a task: what it waits for, or will wait for next, raises an error (`async.cancelled`), and so does every later wait
-- in it, so that whoever catches it by accident hears of it again. What the task started is cancelled when it has ended. To
-- cancel a task that has ended does nothing.
function Task:cancel()
  if self.cancelled or self.result then return end
  self.cancelled = true
  self.host.cancel(self)
end

return M
