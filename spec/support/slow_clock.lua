-- slow_clock.lua: a busted helper for runs in which everything takes longer, under memcheck or a sanitizer. There
-- processor time is counted as so much less, MAILSEAL_SLOWER times, and tests that measure it stay as they are.
local clock, slower = os.clock, tonumber(os.getenv("MAILSEAL_SLOWER"))

os.clock = function() -- luacheck: ignore 122
  return clock() / slower
end
