--- The host for luv: tasks on libuv's default loop, beside whatever else goes on there.
--
--     local uv, async, on_luv = require "luv", require "mailseal.async", require "mailseal.async.luv"
--     on_luv.start(function()
--       for _, name in ipairs(names) do print(name, resolver:query(name, "TXT").status) end
--     end, function(ok, problem)
--       if not ok then print(problem) end
--     end)
--     uv.run()
--
-- A callback of luv's own is no task: what waits there waits in place, and holds up the loop. It starts a task instead, and
-- goes on. When nothing is under way there are no handles either, so that `uv.run` ends.
-- @module mailseal.async.luv
local found, uv = pcall(require, "luv")
if not found then error("mailseal.async.luv needs luv: apt install lua-luv, or luarocks install luv", 0) end

local loop = require "mailseal.async.loop"
local tasks = require "mailseal.async.task"
local now = require "mailseal.core".async.now

local unpack = table.unpack or unpack -- luacheck: ignore

local M = {}

-- The one loop of ours upon luv's. `handles`: by poller, a uv_poll; `timer`, where something is under way; `turning`: tasks
-- are being resumed, and who becomes ready is seen to anyway; `over`: tasks whose end is yet to be told.
local ours = loop.new()
ours.handles, ours.turning, ours.over = {}, false, {}

local turn
local function on_timer() turn() end

-- Closes what watches for a poller; at once, for its descriptor may be closed next, and another get its number.
local function leave(poller)
  local handle = ours.handles[poller]
  ours.handles[poller] = nil
  if handle then handle:close() end
end

local function watch(poller)
  local handle = assert(uv.new_poll(poller:pollfd()))
  ours.handles[poller] = handle
  handle:start("r", function() turn(poller) end)
end

-- Seconds until something is to be done though nothing comes; nil where nothing is under way.
local function seconds_left()
  if ours.ready[1] or ours.over[1] then return 0 end
  local sleeper, seconds = ours.timers[1], nil
  if sleeper then seconds = math.max(0, sleeper.at - now()) end
  for poller in pairs(ours.pollers) do
    local wanted = poller:timeout()
    if wanted and not (seconds and seconds <= wanted) then seconds = wanted end
  end
  return seconds
end

local function set_timer()
  local seconds, timer = seconds_left(), ours.timer
  if not seconds then
    if timer then timer:close() end
    ours.timer = nil
    return
  end
  if not timer then
    timer = assert(uv.new_timer())
    ours.timer = timer
  end
  uv.update_time() -- the timer counts from the moment that luv takes for now
  timer:start(math.ceil(seconds * 1000), 0, on_timer)
end

-- Lets luv call again for whatever tasks wait for.
local function arm()
  for poller in pairs(ours.pollers) do
    if not ours.handles[poller] then watch(poller) end
  end
  set_timer()
end

-- Tells who wanted to be told what is over: out of tasks, so that an error is luv's to report, and the rest come all the same.
local function tell()
  while ours.over[1] do
    local task = table.remove(ours.over, 1)
    local result = task.result
    if task.ok then
      task.done(true, unpack(result, 1, result.n))
    else
      task.done(false, result[1], task.traceback)
    end
  end
end

-- Does what is due: for one poller whose descriptor is readable, or, at the timer's call, for all.
local function see_to(poller)
  if poller then
    poller:process()
  else
    loop.process(ours)
    loop.wake_sleepers(ours)
  end
  loop.turn(ours)
end

-- The same, and has luv call again. An error is luv's to report; where that does not end the program, the rest goes on.
function turn(poller)
  ours.turning = true
  local ok, problem = pcall(see_to, poller)
  ours.turning = false
  arm()
  if not ok then error(problem, 0) end
  tell()
end

-- Somebody has become ready: by a callback of luv's, or in another loop.
local function kick()
  if not ours.turning and #ours.ready == 1 then set_timer() end
end

ours.kick, ours.leave = kick, leave

--- Starts a function as a task on luv's loop, and returns. The task belongs to nobody, and goes on until it ends.
-- @tparam function fn what to call; in it everything of `mailseal.async` may be used
-- @tparam[opt] function done called when the task and all that it started is over: with true and what fn returned, or with
--   false, the error and its traceback; without it an error is kept for `join`
-- @treturn table the task, as `mailseal.async.start` returns it; `join` is for other tasks on luv's loop
function M.start(fn, done)
  if type(fn) ~= "function" or (done ~= nil and type(done) ~= "function") then
    error("async.luv.start wants a function, and maybe another", 2)
  end
  local task = tasks.new(loop, ours)
  if done then
    task.done = done
    function task:after() ours.over[#ours.over + 1] = self end
  end
  loop.spawn(task, fn)
  return task
end

return M
