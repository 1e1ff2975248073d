--- The life of a sending domain: what each thing that can happen makes of it.
--
-- A domain is `pending` (its records are awaited), `verified` (all that are required were seen, and it is its tenant's) or `failed`
-- (they were not seen in time, or another tenant has proven that it is his).
--
-- What happens is one of:
--
-- - by a look at DNS: `found` (all that is required is there), `incomplete` (DNS said that something is not), `differing` (the zone's
--   name servers say different things, and none that something is not), `unsure` (DNS did not say);
-- - of several looks: `window_over` (incomplete when the time is over), `never_agreed` (differing when it is), `never_answered` (unsure
--   when as much time again is over), `lost` (a verified one has been incomplete often enough, over hours);
-- - by people: `restart`, `taken_over` (another tenant proved that the domain is his).
--
-- Faults of DNS take nothing from a verified domain: `unsure` and `differing` leave it so for ever, and break no row of looks. One whose
-- records are awaited gets twice the time where DNS does not say; then nobody looks for them any more, and the reason says why.
-- @module mailseal.onboard.flow
local schedule = require "mailseal.onboard.schedule"

local M = {}

local has_failed = { refused = "failed", text = "the domain has failed: start it again first" }

--- The whole of it: by state and by what happens, a table of
--
-- - `to`: the state that it leads to
-- - `reason`: the word for why it is in that state; where there is none and the state stays, the reason does, too
-- - `event`: the kind of the event to be told, where there is one
-- - `window`: "fresh" where records are awaited anew, for the whole time
-- - `claim`: "fresh" where ownership has to be proven anew; "ended" where what was proven holds no more
-- - `refused`: in place of all that, a code and a sentence: that cannot be
M.TABLE = {
  pending = {
    found = { to = "verified", event = "verified" },
    incomplete = { to = "pending" },
    differing = { to = "pending" },
    unsure = { to = "pending" },
    window_over = { to = "failed", reason = "window_over", event = "failed", claim = "ended" },
    never_agreed = { to = "failed", reason = "servers_differ", event = "failed", claim = "ended" },
    never_answered = { to = "failed", reason = "no_answer", event = "failed", claim = "ended" },
    restart = { to = "pending", reason = "restarted", event = "restarted", window = "fresh" },
    taken_over = { to = "failed", reason = "taken_over", event = "taken_over", claim = "ended" },
  },
  verified = {
    found = { to = "verified" },
    incomplete = { to = "verified" },
    differing = { to = "verified" },
    unsure = { to = "verified" },
    lost = { to = "pending", reason = "lost", event = "lost", window = "fresh" },
    restart = { refused = "already_verified", text = "the domain is verified: there is nothing to start again" },
    taken_over = { to = "failed", reason = "taken_over", event = "taken_over", claim = "ended" },
  },
  failed = {
    found = has_failed,
    incomplete = has_failed,
    differing = has_failed,
    unsure = has_failed,
    restart = { to = "pending", reason = "restarted", event = "restarted", window = "fresh", claim = "fresh" },
    taken_over = has_failed,
  },
}

-- The lane that a domain of each state waits in for its next look; none where there is no next one.
local lanes = { pending = 0, verified = 1 }

-- What a look comes to when the time is over.
local too_late = { incomplete = "window_over", differing = "never_agreed", unsure = "never_answered" }

-- How long records are awaited.
local function window_of(options) return options.window or options.policy.window end

-- When the present time of an awaited domain is over: first for what DNS says, then, as much later, for what it does not say.
local function ends_of(window_ends, options)
  return window_ends, window_ends and window_ends + window_of(options)
end

-- What several looks come to.
local function happened(domain, seen, now, options)
  if domain.status == "pending" and too_late[seen] then
    local ends, last = ends_of(domain.window_ends, options)
    local moment = seen == "unsure" and last or ends
    return moment and now >= moment and too_late[seen] or seen
  elseif domain.status == "verified" and seen == "incomplete" then
    return schedule.is_lost((domain.negatives or 0) + 1, domain.negative_since or now, now, options.policy) and "lost" or seen
  end
  return seen
end

-- The state that a domain comes into anew, or stays in.
local function enter(domain, change, step, now, options)
  if step.to ~= domain.status or step.window then
    change.status_since, change.attempts, change.negatives, change.negative_since = now, 0, 0, nil
    change.reason = step.reason
  end
  if step.to ~= "pending" then
    change.window_ends = nil
  elseif step.window then
    change.window_ends = now + window_of(options)
  end
end

-- When a verified domain is looked at next, and how often something was missing in a row. Here, too, who looks himself does not make
-- the worker look more seldom.
local function count_verified(domain, change, input, now, options)
  local policy, retry_at = options.policy, options.retry_at
  if input == "incomplete" then
    change.attempts, change.negatives, change.negative_since = 0, (domain.negatives or 0) + 1, domain.negative_since or now
    change.next_check_at = schedule.negative(now, retry_at, policy)
  elseif input ~= "found" then
    change.attempts = math.max((domain.attempts or 0) + (options.by_hand and 0 or 1), 1)
    change.next_check_at = schedule.fault(change.attempts, now, retry_at, policy)
    if change.negatives > 0 then -- what was begun is carried on at its pace
      change.next_check_at = math.min(change.next_check_at, schedule.negative(now, retry_at, policy))
    end
  else
    change.attempts, change.negatives, change.negative_since = 0, 0, nil
    change.next_check_at = schedule.routine(domain.domain, now, policy)
  end
end

-- The same of one that is awaited. Who looks at it himself does not make the worker look more seldom.
local function count_pending(domain, change, now, step, options)
  if step.window then
    change.attempts = 0
  elseif not options.by_hand then
    change.attempts = (domain.attempts or 0) + 1
  end
  local ends, last = ends_of(change.window_ends, options)
  change.next_check_at = schedule.pending(change.attempts, now, options.retry_at, ends and now >= ends and last or ends, options.policy)
end

--- What becomes of a domain.
-- @tparam table domain `domain`, `status`, `reason`, `status_since`, `attempts`, `negatives`, `negative_since`, `window_ends`; it is not
--   changed
-- @tparam string seen `found`, `incomplete`, `differing`, `unsure`, `restart` or `taken_over`
-- @tparam number now seconds since 1970
-- @tparam table options
--
-- - `policy`: as of `mailseal.onboard.schedule`
-- - `retry_at`: before which another look is of no use
-- - `window`: seconds for which records are awaited, where the provider says so
-- - `by_hand`: true where it was not the worker who looked
-- @treturn[1] table all of those fields as they are to be now but the name, with `next_check_at` and `lane` (0 awaited, 1 routine); both
--   nil where it is not to be looked at again
-- @treturn[1] table the step of @{TABLE} that was taken, and as `input` what happened
-- @treturn[2] nil
-- @treturn[2] string why that cannot be
-- @treturn[2] string `already_verified`, `failed`
function M.step(domain, seen, now, options)
  local input = happened(domain, seen, now, options)
  local step = M.TABLE[domain.status][input]
  if step.refused then
    return nil, step.text, step.refused
  end
  local change = {
    status = step.to, reason = step.reason or domain.reason, status_since = domain.status_since, attempts = domain.attempts or 0,
    negatives = domain.negatives or 0, negative_since = domain.negative_since, window_ends = domain.window_ends, lane = lanes[step.to],
  }
  enter(domain, change, step, now, options)
  if step.to == "verified" then
    count_verified(domain, change, input, now, options)
  elseif step.to == "pending" then
    count_pending(domain, change, now, step, options)
  end
  return change, { to = step.to, event = step.event, claim = step.claim, window = step.window, input = input }
end

--- How a domain begins: its records are awaited.
-- @tparam number now
-- @tparam table options `policy`, `window`: as of @{step}
-- @treturn table as @{step} returns
function M.begin(now, options)
  local window_ends = now + window_of(options)
  return {
    status = "pending", status_since = now, attempts = 0, negatives = 0, window_ends = window_ends, lane = lanes.pending,
    next_check_at = schedule.pending(0, now, nil, window_ends, options.policy),
  }
end

return M
