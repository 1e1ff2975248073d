--- The worker: looks at all domains that are due, for ever or until none is.
--
-- Several workers, on several machines, share a database. Each leases batches of due domains, looks at many of them side by side, and
-- writes what was seen of a batch of them in one transaction; a domain whose DNS is slow holds up none but itself. A lease that
-- ends, as its worker is gone, is anybody's: whatever the late one still brings is dropped.
--
-- Most domains are verified and as they were: such a one costs one statement.
--
-- What it does on the database are steps of `mailseal.onboard.leases` and `mailseal.onboard.results`, see `perform` of
-- `mailseal.onboard.registry`.
--
-- Besides, the worker takes the steps of other parts: those of `STEPS`.
-- @module mailseal.onboard.worker
local async = require "mailseal.async"
local kinds = require "mailseal.dns.options"
local letters = require "mailseal.onboard.letters"
local looks = require "mailseal.onboard.look"
local schedule = require "mailseal.onboard.schedule"

local M = {}

-- Domains that are looked at side by side; those leased, or written, at a time, and no more than half of the former.
local AT_A_TIME, BATCH = 500, 250

-- Looks that begin together. Before the next ones all else has its turn: what begins together goes on together when DNS is silent, and with
-- hundreds of looks that would hold up an nginx.
local TOGETHER = 2

-- Seconds between two looks for what is due where nothing was, and for other parts' steps; at most between two looks whether all is to
-- end; and until the store is tried again where it failed.
local IDLE, PAUSE, AGAIN = 1, 0.25, 5

--- Modules with a function `work(registry, at_most)`, which does what is due of theirs, waiting for DNS where it has to. It returns how
-- much that was; nil, a message and a code where the store failed.
M.STEPS = { "gate", "publishing.keys", "publishing.operator_zone", "publishing.settling", "key_steps", "sending" }

-- ---- Looking.

-- Looks at a domain, as a task of its own.
local function look_at(work, row)
  local registry = work.registry
  local now = registry:now()
  local options = { all = schedule.is_day_for_all(row.domain, now, registry.policy.schedule) }
  local ok, look, found = pcall(looks.look, registry, row, now, options)
  if not ok and look == async.cancelled then
    error(look, 0)
  end
  local problem = not ok and look or not look and found or nil
  work.done[#work.done + 1] = { row = row, now = now, look = not problem and look or nil, found = not problem and found or nil }
  if problem then
    work.tell(("%s of %s: %s"):format(row.domain, row.tenant_id, tostring(problem)))
  end
  work.tasks[row], work.looking = nil, work.looking - 1
  if work.looking <= work.at_a_time - work.batch or #work.done >= work.batch then
    async.wake(work.task)
  end
end

-- Leases as many as there is room for. Returns how many; nil, a message and a code where the store failed.
local function lease(work)
  local registry, limit = work.registry, math.min(work.batch, work.at_a_time - work.looking, work.left)
  if limit <= 0 then
    return 0
  end
  local rows, message, code = registry:perform("leases", "take", work.owner, limit)
  if not rows then
    return nil, message, code
  end
  work.left, work.looking, work.count = work.left - #rows, work.looking + #rows, work.count + #rows
  for i, row in ipairs(rows) do
    work.tasks[row] = async.start(look_at, work, row)
    if i % TOGETHER == 0 then
      async.sleep(0)
    end
  end
  return #rows
end

-- Writes all that was seen. Returns true; nil, a message and a code where the store failed, and then it is all still to be written.
-- What is seen while it is written is written the next time.
local function flush(work)
  local done = work.done
  if not done[1] then
    return true
  end
  work.done = {}
  local lines, message, code = work.registry:perform("results", "write", work.owner, done)
  for _, line in ipairs(lines or {}) do
    work.tell(line)
  end
  if not lines then
    for _, seen in ipairs(work.done) do
      done[#done + 1] = seen
    end
    work.done = done
    return nil, message, code
  end
  return true
end

-- ---- Other parts' steps.

-- What went wrong is told once, not each second for as long as it lasts.
local function tell_change(work, name, problem)
  if problem and problem ~= work.troubles[name] then
    work.tell(("%s: %s"):format(name, problem))
  end
  work.troubles[name] = problem
end

-- Takes a part's steps, as a task of its own: one that waits holds up no other.
local function step(work, name)
  local ok, n, message = pcall(require("mailseal.onboard." .. name).work, work.registry, BATCH)
  if not ok and n == async.cancelled then
    error(n, 0)
  end
  tell_change(work, name, not ok and tostring(n) or not n and tostring(message) or nil)
  work.stepping[name], work.is_news = nil, work.is_news or ok and n ~= nil and n > 0
  async.wake(work.task)
end

-- Starts those that are not under way.
local function start_steps(work)
  work.step_at, work.is_news = async.now() + work.idle, false
  for _, name in ipairs(M.STEPS) do
    if not work.stepping[name] then
      work.stepping[name] = async.start(step, work, name)
    end
  end
end

-- ---- The loop.

local function nothing() end

-- Waits until something has happened, or for so long.
local function wait(seconds)
  async.suspend(nil, nothing, seconds)
end

-- Leases where there is room, and it is time to. Returns as `lease`.
local function lease_more(work, now)
  if work.looking > work.at_a_time - work.batch or not (work.until_idle or work.is_hot or now >= work.lease_at) then
    return 0
  end
  work.lease_at = now + work.idle
  if not work.is_hot then
    local due, message, code = work.registry:perform("leases", "is_due")
    if not due then
      return due == false and 0 or nil, message, code
    end
  end
  local leased, message, code = lease(work)
  work.is_hot = leased ~= nil and leased > 0
  return leased, message, code
end

-- Writes and leases, where it is time to. Returns how many were leased; nil, a message and a code where the store failed.
local function write_and_lease(work)
  local now = async.now()
  if now < work.again_at then
    return 0
  elseif #work.done >= work.batch or work.looking == 0 or now >= work.flush_at then
    work.flush_at, work.is_news = now + work.idle, work.is_news or work.done[1] ~= nil
    local ok, message, code = flush(work)
    if not ok then
      return nil, message, code
    end
  end
  return lease_more(work, now)
end

-- One turn. Returns whether anything is under way; nil, a message and a code where the store failed.
local function turn(work)
  local leased, message, code = write_and_lease(work)
  if not leased then
    return nil, message, code
  end
  local is_quiet = leased == 0 and work.looking == 0 and not work.done[1]
  if not work.is_last and (async.now() >= work.step_at or is_quiet and work.until_idle and work.is_news) then
    start_steps(work)
  end
  return not is_quiet or next(work.stepping) ~= nil
end

-- May it go better in a while?
local passing = { store_busy = true, store_unreachable = true, store_full = true, busy = true }

local function run(work)
  work.task = async.task()
  while not (work.stop and work.stop()) do
    if work.enough and work.enough(work.count) then
      work.left, work.is_last = 0, true
    end
    local busy, message, code = turn(work)
    if busy == nil and (work.until_idle or not passing[code]) then
      return nil, message, code
    elseif busy == nil then
      work.again_at = async.now() + AGAIN
      work.tell(message)
    end
    if busy == false and (work.until_idle or work.left == 0) then
      break
    end
    wait(math.min(PAUSE, work.idle))
  end
  return true
end

-- Ends what is under way, and gives back what was leased and not looked at yet.
local function finish(work)
  local rows = {}
  for row, task in pairs(work.tasks) do
    rows[#rows + 1] = { tenant_id = row.tenant_id, domain = row.domain }
    task:cancel()
  end
  for _, task in pairs(work.stepping) do
    task:cancel()
  end
  local ok, message, code = flush(work)
  if not ok or not rows[1] then
    return ok, message, code
  end
  return work.registry:perform("leases", "give_back", work.owner, rows)
end

local options_known = {
  until_idle = kinds.flag, at_most = kinds.count(1, 2 ^ 53), at_a_time = kinds.count(2, 100000), idle = kinds.seconds(3600),
  stop = kinds.of_type("function", "a function"), tell = kinds.of_type("function", "a function"),
  enough = kinds.of_type("function", "a function"), owner = kinds.of_type("string", "a text"),
}

--- Does what is due.
-- @tparam table registry
-- @tparam[opt] table options
--
-- - `until_idle`: true: until nothing is due; without it, for ever
-- - `at_most`: how many domains to look at at most
-- - `at_a_time`: how many side by side (500)
-- - `stop`: a function, called several times a second: true where it is to end. What is under way is given up, what was seen is
--   written, and what was leased is given back. (A worker that is killed leaves its leases, which end after a quarter of an hour.)
-- - `enough`: a function, called as often with how many domains were taken up: true where that is all. What is under way is brought to
--   its end
-- - `idle`: seconds between two looks for what is due where nothing was (1)
-- - `owner`: a name that no other worker has, for the leases; without it, letters by chance
-- - `tell`: a function, called with a line about what has gone wrong and is passed over
-- @treturn[1] number how many domains were looked at
-- @treturn[2] nil
-- @treturn[2] string what went wrong
-- @treturn[2] string a code of `mailseal.store`; of `mailseal.dns` where there is nothing to ask
function M.work(registry, options)
  options = options or {}
  kinds.check("registry:work", options, options_known)
  local resolver, message, code = registry:resolver()
  if not resolver then
    return nil, message, code
  end
  local work = {
    registry = registry, idle = options.idle or IDLE, until_idle = options.until_idle, stop = options.stop, tell = options.tell or nothing,
    left = options.at_most or math.huge, at_a_time = options.at_a_time or AT_A_TIME,
    enough = options.enough, owner = options.owner or letters.new(20), done = {}, tasks = {}, stepping = {}, troubles = {}, looking = 0,
    count = 0, flush_at = 0, lease_at = 0, step_at = 0, again_at = 0, is_hot = true, is_news = true,
  }
  work.batch = math.min(BATCH, math.floor(work.at_a_time / 2))
  return async.run(function()
    local ok
    ok, message, code = run(work)
    local ended, end_message, end_code = finish(work)
    if not ok then
      return nil, message, code
    elseif not ended then
      return nil, end_message, end_code
    end
    return work.count
  end)
end

return M
