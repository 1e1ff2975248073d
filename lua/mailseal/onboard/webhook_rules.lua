--- What becomes of a delivery and of its webhook, by what the receiver has answered. Pure: no database, no clock, no chance of its own.
--
-- - A status of 2xx: delivered. 410: the receiver wants no more, and the webhook is disabled. All else, and no answer: again later.
-- - Again later is after a time that grows, by chance somewhat longer or shorter, and not before the receiver's Retry-After. When that
--   has gone on long enough the delivery is given up (dead), until somebody has it replayed.
-- - A webhook that has failed pauses, too, for a while that grows: so a dead receiver is asked now and then by one delivery, not by all
--   that wait. When it has failed for long without a single success, it is disabled.
-- - Of a webhook that has failed, or was slow, the last time, one delivery is under way at a time; and all such share a half of what a
--   worker sends at a time. So they never hold up the others.
-- @module mailseal.onboard.webhook_rules
local fields = require "mailseal.onboard.fields"
local kinds = require "mailseal.dns.options"

local M = {}

local HOUR, DAY = 3600, 86400

--- The numbers, each of which `policy.webhooks` of `onboard.open` may name otherwise. All spans are seconds.
--
-- - `retry_first`, `retry_factor`, `retry_most`: after how long a delivery is tried again: the first time, how many times as long each
--   time after, and at most; `jitter`: by which part of it sooner or later
-- - `retry_for`: when so much time is over since its first attempt, it is given up
-- - `pause_first`, `pause_most`: for how long a webhook that fails is left alone: at first, and at most; twice as long each time
-- - `retry_after_most`: of a receiver's Retry-After, at most so much counts
-- - `disable_after`: a webhook that has failed for so long without a success is disabled
-- - `timeout`: how long a receiver has to answer; `slow`: from when on it is a slow one
-- - `at_a_time`: deliveries of one webhook that are under way at a time; `in_all`: of all of them, in one worker
-- - `most`: webhooks of a tenant; `waiting_most`: deliveries that are kept ready for one webhook, further events being left in the log;
--   `dead_most`: dead letters of one webhook that are kept, the latest ones (their events stay in the log, and can be replayed)
-- - `allow_private`: receivers may be on this machine and in private networks, and be reached by http://
M.POLICY = {
  retry_first = 10, retry_factor = 3, retry_most = 6 * HOUR, jitter = 0.2, retry_for = 2 * DAY,
  pause_first = 5, pause_most = 300, retry_after_most = DAY, disable_after = 5 * DAY,
  timeout = 10, slow = 2, at_a_time = 4, in_all = 64, most = 50, waiting_most = 1000, dead_most = 10000,
  allow_private = false,
}

local span = kinds.seconds(366 * DAY)
local known = {
  retry_first = span,
  retry_factor = { function(value) return type(value) == "number" and value >= 1 and value <= 100 end, "a number from 1 to 100" },
  retry_most = span, retry_for = span, pause_first = span, pause_most = span, retry_after_most = span, disable_after = span,
  jitter = { function(value) return type(value) == "number" and value >= 0 and value < 1 end, "a number from 0 to below 1" },
  timeout = kinds.seconds(60), slow = kinds.seconds(60), at_a_time = kinds.count(1, 100), in_all = kinds.count(2, 10000),
  most = kinds.count(1, 10000), waiting_most = kinds.count(1, 100000),
  dead_most = kinds.count(1, 100000), allow_private = kinds.flag,
}

--- The numbers to go by.
-- @tparam[opt] table given those that are to differ from @{POLICY}
-- @treturn table all of them
-- @raise where one is not known, or makes no sense
function M.policy(given)
  kinds.check("the policy of webhooks", given or {}, known)
  return fields.joined(M.POLICY, given)
end

-- ---- which events

--- Is an event one that a webhook wants? One about the webhook itself it never gets.
-- @tparam table webhook `id`, `kinds`: a list of kinds; one that ends in * stands for all that begin so; nil for all kinds
-- @tparam table event `kind`, `data`
-- @treturn boolean
function M.wants(webhook, event)
  if event.kind:find "^webhook_" and type(event.data) == "table" and event.data.webhook == webhook.id then return false end
  if not webhook.kinds then return true end
  for _, kind in ipairs(webhook.kinds) do
    if kind == event.kind or kind:sub(-1) == "*" and event.kind:sub(1, #kind - 1) == kind:sub(1, -2) then return true end
  end
  return false
end

--- Is that a kind of events, or the beginning of some?
-- @tparam any kind
-- @treturn boolean
function M.is_kind(kind) return type(kind) == "string" and #kind <= 64 and kind:find "^[a-z][a-z0-9_]*%*?$" ~= nil end

-- ---- what an answer means

local MONTHS = {}
for i, name in ipairs { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" } do MONTHS[name] = i end

-- Days since 1970 of a date (of the Gregorian calendar, years counted from March).
local function days_of(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  return 365 * year + math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400) + math.floor((153 * (month - 3) + 2) / 5)
    + day - 1 - 719468
end

--- The moment that a Retry-After names (RFC 9110 §10.2.3).
-- @tparam ?string text seconds, or a date of IMF-fixdate
-- @tparam number now seconds since 1970
-- @treturn ?number nil where it names none
function M.retry_after(text, now)
  if not text then return nil end
  local seconds = text:match "^%d+$"
  if seconds then return #seconds <= 10 and now + tonumber(seconds) or nil end
  local day, month, year, hour, minute, second = text:match "^%a%a%a, (%d%d) (%a%a%a) (%d%d%d%d) (%d%d):(%d%d):(%d%d) GMT$"
  if not (day and MONTHS[month]) then return nil end
  return days_of(tonumber(year), MONTHS[month], tonumber(day)) * DAY + tonumber(hour) * HOUR + tonumber(minute) * 60 + tonumber(second)
end

--- What an attempt has come to.
-- @tparam ?number status of the answer; nil where there was none
-- @treturn string "delivered", "gone", "failed"
function M.verdict(status)
  if status and status >= 200 and status < 300 then return "delivered" end
  return status == 410 and "gone" or "failed"
end

--- Why an attempt has failed, in a word.
-- @tparam ?number status
-- @tparam ?string code of `mailseal.fetch`, where there was no answer
-- @treturn string "http_503"; or the code
function M.problem(status, code) return status and ("http_%d"):format(status) or code or "failed" end

-- ---- when again

local function grown(first, factor, times, most) return math.min(most, first * factor ^ math.min(times, 60)) end

--- When a delivery is tried again.
-- @tparam number attempts how many there were, one or more
-- @tparam number now
-- @tparam ?number retry_after the moment that the receiver has named
-- @tparam number chance from 0 to 1
-- @tparam table policy as of @{POLICY}
-- @treturn number
function M.again_at(attempts, now, retry_after, chance, policy)
  local wait = grown(policy.retry_first, policy.retry_factor, attempts - 1, policy.retry_most)
  wait = wait * (1 + policy.jitter * (2 * chance - 1))
  return math.ceil(math.max(now + wait, math.min(retry_after or 0, now + policy.retry_after_most)))
end

--- Until when a webhook is left alone.
-- @tparam number failures how many in a row, one or more
-- @tparam number now
-- @tparam ?number retry_after
-- @tparam table policy
-- @treturn number
function M.pause_until(failures, now, retry_after, policy)
  local wait = grown(policy.pause_first, 2, failures - 1, policy.pause_most)
  return math.ceil(math.max(now + wait, math.min(retry_after or 0, now + policy.retry_after_most)))
end

--- Is a delivery to be given up?
-- @tparam number first_at when it was tried first
-- @tparam number now
-- @tparam table policy
-- @treturn boolean
function M.is_dead(first_at, now, policy) return now - first_at >= policy.retry_for end

--- Has a webhook failed for too long?
-- @tparam number failing_since
-- @tparam number now
-- @tparam table policy
-- @treturn boolean
function M.is_to_be_disabled(failing_since, now, policy) return now - failing_since >= policy.disable_after end

--- How many deliveries of a webhook may be under way.
-- @tparam table webhook `failures`, `slow`
-- @tparam table policy
-- @treturn number
function M.at_a_time(webhook, policy) return (webhook.failures > 0 or webhook.slow) and 1 or policy.at_a_time end

return M
