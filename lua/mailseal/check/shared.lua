--- Results that several tasks want and one of them brings: whoever asks while it is being brought waits for it.
--
-- Where the one that brings it is cancelled, the first of those who wait brings it in its place; where it raises, they all raise
-- the same.
-- @module mailseal.check.shared
local async = require "mailseal.async"

local next, pcall, error = next, pcall, error

local M = {}

--- Makes a set of results.
-- @treturn table
function M.new()
  return {}
end

--- The result with that key, where it has been brought already.
-- @tparam table results what `new` has made
-- @tparam string key
-- @treturn any nil where it has not
function M.get(results, key)
  local entry = results[key]
  return entry and entry.state == "done" and entry.result or nil
end

--- Sets a result that nobody need bring.
-- @tparam table results what `new` has made
-- @tparam string key
-- @tparam any result
-- @treturn any the same
function M.set(results, key, result)
  results[key] = { state = "done", result = result }
  return result
end

local function forget(_, task)
  task.token[task] = nil
end

-- Waits until somebody has brought the result, or has given up.
local function wait(entry, task)
  local waiting = entry.waiting
  if not waiting then
    waiting = {}
    entry.waiting = waiting
  end
  waiting[task], task.token = true, waiting
  async.suspend(nil, forget)
  waiting[task] = nil
end

local function bring(entry, fn, ...)
  entry.state = "under way"
  local ok, result = pcall(fn, ...)
  if ok or result ~= async.cancelled then
    entry.state, entry.result = ok and "done" or "failed", result
  else
    entry.state = nil
  end
  local waiting = entry.waiting
  entry.waiting = nil
  for task in next, waiting or {} do
    async.wake(task)
  end
  if not ok then
    error(result, 0)
  end
  return result
end

--- The result with that key: what `fn` returned when it was first asked for.
-- @tparam table results what `new` has made
-- @tparam string key
-- @tparam function fn called with the further arguments, once whoever asks
-- @tparam any ...
-- @treturn any the first value that it returned
-- @raise what it raised
function M.once(results, key, fn, ...)
  local entry = results[key]
  if not entry then
    entry = {}
    results[key] = entry
    return bring(entry, fn, ...)
  end
  while entry.state == "under way" do
    wait(entry, async.task())
  end
  if entry.state == "done" then
    return entry.result
  elseif entry.state == "failed" then
    error(entry.result, 0)
  end
  return bring(entry, fn, ...)
end

return M
