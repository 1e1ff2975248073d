-- Does `work(size)` take time linear in `size`, whatever the machine and whatever watches it? Four times the size may take
-- eight times as long; quadratic work takes sixteen times. Where it takes longer, the shortest of up to three runs each counts. The
-- large run comes first, so that what only a first run costs never speaks for the work.
local function measure(work, size)
  collectgarbage()
  local start = os.clock()
  work(size)
  return os.clock() - start
end

return function(work, size)
  local large, small = math.huge, math.huge
  for _ = 1, 3 do
    large = math.min(large, measure(work, 4 * size))
    small = math.min(small, measure(work, size))
    if large < 8 * small + 0.005 then return true end
  end
  return false
end
