--- When a domain is looked at next.
--
-- Pure: a time and what was seen go in, a time comes out. All times are seconds since 1970, UTC; all spans are seconds.
--
-- - A domain whose records are awaited is looked at soon at first, then more and more seldom, and once more when its time is over. A
--   look that would only see a negative answer out of a cache is of no use: none is before the `retry_at` of what was seen. Where DNS
--   does not say, as much time again is granted.
-- - A verified one is looked at daily. Its day is up to a tenth longer or shorter than others', the same for the domain each time: a
--   thousand that were verified in one minute are spread over hours within a day, and farther each day.
-- - A verified one of which something is missing is looked at hourly until it is there again, or lost.
-- - Where DNS did not say, a verified one is looked at again after an hour, then two, four …, but never more seldom than daily.
-- @module mailseal.onboard.schedule
local fields = require "mailseal.onboard.fields"
local kinds = require "mailseal.dns.options"

local M = {}

local HOUR, DAY = 3600, 86400

-- A list of its own, for ldoc takes no list within a table whose members it tells.
local STEPS = { 30, 60, 120, 300, 600, 1200, 1800 }

--- The numbers, each of which `policy` of `onboard.open` may name otherwise.
--
-- - `pending_steps`: after how long an awaited domain is looked at again: the first time, the second …
-- - `pending_every`: and after those
-- - `window`: for how long records are awaited where the provider does not say
-- - `routine_every`, `jitter`: how often a verified domain is looked at, and by which part of that it may be sooner or later
-- - `negative_every`: the same where something of it is missing
-- - `fault_every`: the same where DNS did not say, the first time; twice as long each time after
-- - `negatives_least`, `negatives_spread`: a verified domain is lost when so many looks in a row have found something missing, the first
--   and the last of them so far apart
-- - `confirm`: a verified domain's negative counts only if the zone's own name servers say so, too. Where no name server but the
--   resolver may be asked (port 53), that has to be false
-- - `confirm_proof`: a proof of ownership counts only if the zone's own name servers show it, too. Without it, the resolver's word counts
--   where none of them answers; where they answer, theirs counts in any case
-- - `all_every`: what is not required is looked at by the worker each so many days of a verified domain
M.POLICY = {
  pending_steps = STEPS,
  pending_every = HOUR,
  window = 3 * DAY,
  routine_every = DAY,
  jitter = 0.1,
  negative_every = HOUR,
  fault_every = HOUR,
  negatives_least = 4,
  negatives_spread = 6 * HOUR,
  confirm = true,
  confirm_proof = false,
  all_every = 7,
}

local span = kinds.seconds(366 * DAY)
local known = {
  pending_steps = kinds.of_type("table", "a list of seconds"), pending_every = span, window = span, routine_every = span,
  jitter = { function(value) return type(value) == "number" and value >= 0 and value < 1 end, "a number from 0 to below 1" },
  negative_every = span, fault_every = span, negatives_least = kinds.count(1, 1000),
  negatives_spread = { function(value) return value == 0 or span[1](value) end, "a number of seconds" }, confirm = kinds.flag,
  confirm_proof = kinds.flag, all_every = kinds.count(1, 366),
}

--- The numbers to go by.
-- @tparam[opt] table given those that are to differ from @{POLICY}
-- @treturn table all of them
-- @raise where one is not known, or makes no sense
function M.policy(given)
  kinds.check("the policy of the schedule", given or {}, known)
  return fields.joined(M.POLICY, given)
end

-- A number from 0 to 1, ever the same for a text, and far apart for texts that are alike.
local function place_of(text)
  local sum = 0
  for i = 1, #text do
    sum = (sum * 31 + text:byte(i)) % 4294967296
  end
  return sum * 0.6180339887498949 % 1
end

local function whole(moment) return math.floor(moment + 0.5) end

--- When to look again at a domain whose records are awaited.
-- @tparam number attempts how often the worker has looked since they are awaited, the present look counted
-- @tparam number now
-- @tparam ?number retry_at before which it is of no use
-- @tparam ?number ends when the time for them is over; a look at that moment is not left out
-- @tparam table policy as of @{POLICY}
-- @treturn number
function M.pending(attempts, now, retry_at, ends, policy)
  local moment = now + (policy.pending_steps[attempts + 1] or policy.pending_every)
  if ends and now < ends and moment > ends then
    moment = ends
  end
  return whole(math.max(moment, retry_at or 0))
end

--- When to look again at a verified domain of which all is there.
-- @tparam string name what is ever the same of it
-- @tparam number now
-- @tparam table policy
-- @treturn number
function M.routine(name, now, policy)
  return whole(now + policy.routine_every * (1 + policy.jitter * (2 * place_of(name) - 1)))
end

--- When to look again at a verified domain of which something is missing.
-- @tparam number now
-- @tparam ?number retry_at
-- @tparam table policy
-- @treturn number
function M.negative(now, retry_at, policy)
  return whole(math.max(now + policy.negative_every, retry_at or 0))
end

--- When to look again at a verified domain of which DNS did not say how it stands.
-- @tparam number attempts how often it has not, in a row
-- @tparam number now
-- @tparam ?number retry_at
-- @tparam table policy
-- @treturn number
function M.fault(attempts, now, retry_at, policy)
  local wait = policy.fault_every * 2 ^ math.min(math.max(attempts, 1) - 1, 30)
  return whole(math.max(now + math.min(wait, policy.routine_every), retry_at or 0))
end

--- Is it the day to look at all of a verified domain's records? Not the same day for all domains.
-- @tparam string name
-- @tparam number now
-- @tparam table policy
-- @treturn boolean
function M.is_day_for_all(name, now, policy)
  return math.floor(now / DAY + policy.all_every * place_of(name)) % policy.all_every == 0
end

--- Have negatives been enough, and over long enough, to believe them?
-- @tparam number negatives how many in a row, the present one counted
-- @tparam number since when the first of them was
-- @tparam number now
-- @tparam table policy
-- @treturn boolean
function M.is_lost(negatives, since, now, policy)
  return negatives >= policy.negatives_least and now - since >= policy.negatives_spread
end

return M
