--- Sends events to webhooks: a part of what the worker does, over the steps of `mailseal.onboard.outbox`.
--
-- Any number of workers share the work. A worker sends a bounded number at a time, a webhook gets a bounded number at a time from all of
-- them, and those that fail or are slow share a half of the places (`mailseal.onboard.webhook_rules`). Who is killed between sending and
-- noting what came of it leaves a lease that ends; then another sends it again, with the same id: so each event comes at least once.
-- @module mailseal.onboard.sending
local async = require "mailseal.async"
local core = require "mailseal.core".seal
local fetch = require "mailseal.fetch"
local letters = require "mailseal.onboard.letters"
local rules = require "mailseal.onboard.webhook_rules"
local webhook = require "mailseal.webhook"

local M = {}

-- Seconds between two looks for what has come to be due, while something is being sent.
local LOOK = 1

-- ---- one

-- A number from 0 to 1, by chance.
local function chance()
  local a, b = core.random(2):byte(1, 2)
  return (a * 256 + b) / 65535
end

local function post(registry, job)
  local resolver, message, code = registry:resolver()
  if not resolver then return nil, message, code end
  local policy = registry.policy.webhooks
  local headers = webhook.sign(job.id, registry:now(), job.body, job.secret, job.former)
  headers["Content-Type"] = "application/json"
  return fetch.request {
    url = job.url, method = "POST", headers = headers, body = job.body, resolver = resolver, timeout = policy.timeout, head_only = true,
    allow_private = policy.allow_private, allow_plain = policy.allow_private,
  }
end

--- Sends a message to a webhook.
-- @tparam table registry
-- @tparam table job of `mailseal.onboard.outbox`
-- @treturn[1] table what came of it: `tenant`, `webhook`, `event`; `status`, of an answer; `problem` and `message`, where there was none,
--   or none of 2xx; `retry_after` (a moment), `seconds`, `chance`
-- @treturn[2] nil it could not be tried
-- @treturn[2] string why
-- @treturn[2] string `no_module`, `wrong_phase`; a code of `mailseal.dns`
function M.send(registry, job)
  local result = { tenant = job.tenant, webhook = job.webhook, event = job.event, chance = chance() }
  local began = async.now()
  local answer, message, code
  if job.problem then
    message, code = job.message, job.problem
  else
    answer, message, code = post(registry, job)
  end
  if code == "no_module" or code == "wrong_phase" then return nil, message, code end
  result.seconds, result.status, result.message = async.now() - began, answer and answer.status, message
  if rules.verdict(result.status) ~= "delivered" then
    result.problem = rules.problem(result.status, code)
    result.message = message or ("the receiver answered with the status %d"):format(result.status)
    result.retry_after = answer and rules.retry_after(answer.headers["retry-after"], registry:now())
  end
  return result
end

-- ---- all that is due

-- Sends one, as a task of its own.
local function send_one(work, job)
  local result, message, code = M.send(work.registry, job)
  local kind = job.poor and "poor" or "good"
  work.under_way, work[kind] = work.under_way - 1, work[kind] + 1
  if result then
    work.done[#work.done + 1], work.jobs[job] = result, nil
  else
    work.problem = { message, code }
  end
  async.wake(work.task)
end

-- Writes what came of those that were sent. Where the store fails it is all still to be written.
local function flush(work)
  local done = work.done
  if not done[1] then return true end
  work.done = {}
  local ok, message, code = work.registry:perform("outbox", "note", work.owner, done)
  if ok then return true end
  for _, result in ipairs(work.done) do done[#done + 1] = result end
  work.done = done
  return nil, message, code
end

-- Starts what is due. Returns how many.
local function start(work)
  if work.good + work.poor == 0 or work.left <= 0 then return 0 end
  local jobs, message, code = work.registry:perform("outbox", "lease", work.owner, work.good, work.poor)
  if not jobs then return nil, message, code end
  for _, job in ipairs(jobs) do
    local kind = job.poor and "poor" or "good"
    work.under_way, work[kind], work.jobs[job] = work.under_way + 1, work[kind] - 1, true
    async.start(send_one, work, job)
  end
  work.left, work.count = work.left - #jobs, work.count + #jobs
  return #jobs
end

-- Takes up what has happened, and starts what is due. Returns how much of both.
local function go_on(work)
  local found, message, code = work.registry:perform("outbox", "look")
  local taken, started = 0, 0
  if found and found.behind then taken, message, code = work.registry:perform("outbox", "collect") end
  if not (found and taken) then return nil, message, code end
  if found.due or taken > 0 then started, message, code = start(work) end
  if not started then return nil, message, code end
  return taken + started
end

local function nothing() end

local function run(work)
  while true do
    local ok, message, code = flush(work)
    local count
    if ok then count, message, code = go_on(work) end
    if not count then return nil, message, code end
    if work.problem then return nil, work.problem[1], work.problem[2] end
    if count == 0 and work.under_way == 0 and not work.done[1] then return work.count end
    if not work.done[1] then async.suspend(nil, nothing, count == 0 and LOOK or 0) end
  end
end

-- Writes what was sent, and gives back what was not: who ends leaves no leases. In nginx a task that was cancelled can do neither.
local function leave(work)
  pcall(flush, work)
  local jobs = {}
  for job in pairs(work.jobs) do jobs[#jobs + 1] = { tenant = job.tenant, webhook = job.webhook, event = job.event } end
  if jobs[1] then pcall(work.registry.perform, work.registry, "outbox", "give_back", work.owner, jobs) end
end

--- Sends what is due, and what comes to be due meanwhile. Safe to be called in any number of processes.
-- @tparam table registry
-- @tparam[opt] number at_most messages; no bound without it
-- @treturn[1] number how many were sent
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of the store, or of @{send}
function M.work(registry, at_most)
  local half = math.floor(registry.policy.webhooks.in_all / 2)
  local work = {
    registry = registry, owner = letters.new(20), done = {}, jobs = {}, under_way = 0, count = 0, left = at_most or math.huge,
    good = registry.policy.webhooks.in_all - half, poor = half,
  }
  return async.run(function()
    work.task = async.task()
    local returned, count, message, code = pcall(run, work)
    if not returned or not count then leave(work) end
    if not returned then error(count, 0) end
    return count, message, code
  end)
end

return M
