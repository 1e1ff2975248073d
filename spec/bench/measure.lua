--- Measuring contestants against each other: in rounds, a batch of each in turn, so that whatever slows the machine
-- for a while slows all of them. Time is the process's own processor time.

local bench = require "mailseal_bench"

local M = {}

local BATCH_SECONDS = 0.01

local function timed(run, count)
  collectgarbage()
  local start = bench.processor_time()
  for _ = 1, count do
    run()
  end
  return (bench.processor_time() - start) / count
end

-- How many runs make a batch: found by trying, which warms up too.
local function batch_size(run)
  local count = 1
  while true do
    local seconds = timed(run, count) * count
    if seconds >= BATCH_SECONDS / 2 then
      return math.max(1, math.floor(count * BATCH_SECONDS / seconds))
    end
    count = count * 4
  end
end

--- Runs every contestant in every round.
-- @tparam table contestants functions by name
-- @tparam integer rounds how many
-- @treturn table by name, the list of seconds a run took in each round
function M.rounds(contestants, rounds)
  local names, sizes, times = {}, {}, {}
  for name, run in pairs(contestants) do
    names[#names + 1] = name
    sizes[name], times[name] = batch_size(run), {}
  end
  table.sort(names)
  for round = 1, rounds do
    for i = 1, #names do
      local name = names[(i + round) % #names + 1]
      times[name][round] = timed(contestants[name], sizes[name])
    end
  end
  return times
end

--- The median of a list of numbers.
function M.median(list)
  local sorted = {}
  for i, value in ipairs(list) do
    sorted[i] = value
  end
  table.sort(sorted)
  local middle = #sorted / 2
  return (sorted[math.floor(middle + 0.5)] + sorted[math.floor(middle) + 1]) / 2
end

--- How many times `b` is as fast as `a`: the median of the rounds' ratios.
function M.times_as_fast(a, b)
  local ratios = {}
  for round = 1, #a do
    ratios[round] = a[round] / b[round]
  end
  return M.median(ratios)
end

return M
