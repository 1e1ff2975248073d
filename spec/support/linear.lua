-- Does `work(size)` take time linear in `size`, whatever the machine and whatever watches it? Four times the size may take
-- eight times as long, the shortest of three runs each; quadratic work takes sixteen times.
local function shortest(work, size)
  local best
  for _ = 1, 3 do
    collectgarbage()
    local start = os.clock()
    work(size)
    local took = os.clock() - start
    best = best and math.min(best, took) or took
  end
  return best
end

return function(work, size)
  return shortest(work, 4 * size) < 8 * shortest(work, size) + 0.005
end
