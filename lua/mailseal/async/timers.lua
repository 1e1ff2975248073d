--- Who waits until when: a heap of tasks, the earliest first, out of which any can be taken.
-- A task waits for one moment at a time, so it is its own node: `at` is its moment, `place` where it stands, nil where it
-- does not.
-- @module mailseal.async.timers
local M = {}

-- Puts a task where its moment belongs, from a place upwards.
local function rise(heap, task, place)
  while place > 1 do
    local above = (place - place % 2) / 2
    local other = heap[above]
    if other.at <= task.at then break end
    heap[place], other.place = other, place
    place = above
  end
  heap[place], task.place = task, place
end

-- The same, downwards, among the first `n`.
local function sink(heap, task, place, n)
  while 2 * place <= n do
    local below = 2 * place
    if below < n and heap[below + 1].at < heap[below].at then below = below + 1 end
    local other = heap[below]
    if task.at <= other.at then break end
    heap[place], other.place = other, place
    place = below
  end
  heap[place], task.place = task, place
end

--- Adds a task, which must not be there.
-- @tparam table heap
-- @tparam table task
-- @tparam number at the moment, of `async.now`
function M.add(heap, task, at)
  task.at = at
  rise(heap, task, #heap + 1)
end

--- Takes a task out, which must be there.
-- @tparam table heap
-- @tparam table task
function M.remove(heap, task)
  local n, place = #heap, task.place
  local last = heap[n]
  heap[n], task.place = nil, nil
  if last == task then return end
  rise(heap, last, place)
  sink(heap, last, last.place, n - 1)
end

return M
