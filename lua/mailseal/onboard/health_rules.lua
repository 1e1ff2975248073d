--- When a domain's bounces and complaints are too many: the numbers, and the judgement. Nothing here is stored or asked for.
--
-- Deliveries, bounces and complaints are counted by the hour. Those of the last seven days make two rates: bounces of all that
-- was sent (delivered and bounced), and complaints of what was delivered. A rate that reaches a threshold makes the domain
-- `warning` or `critical` at once.
--
-- **Hysteresis.** A state is left for a better one only when both rates are under 80 % of that state's own thresholds, so that a
-- rate that wavers about a threshold is not an event an hour.
--
-- **Least volume.** A rate is taken of so many messages at least, however few there were: 1 bounce of the first 2 messages is not
-- 50 %, and says nothing; 20 bounces of the first 20 do.
--
-- **Throttled.** A critical domain may send about `throttled` messages an hour: what was reported as delivered or bounced in this hour,
-- and of the hour before the share that is less than sixty minutes ago. So it is as exact as the reports are prompt: who reports once an
-- hour sends up to an hour's mail more. Held mail goes at that pace, too; what is let go counts at once, and again when it is reported.
--
-- The thresholds are those that mailbox providers and senders' services publish: Amazon SES reviews an account at 5 % bounces or
-- 0.1 % complaints and may stop it at 10 %; Gmail and Yahoo ask bulk senders to stay under 0.1 % and never to reach 0.3 %.
-- @module mailseal.onboard.health_rules
local fields = require "mailseal.onboard.fields"
local options = require "mailseal.dns.options"

local floor, max = math.floor, math.max

local M = {}

--- What rates are counted by: an hour, in seconds.
M.BUCKET = 3600

--- The numbers, where no others are given.
-- @field window seconds, whole hours, that rates are taken over
-- @field bounce_warning the rate of bounces from which a domain is `warning`
-- @field bounce_critical from which it is `critical`
-- @field bounce_least messages that a rate of bounces is taken of, at least
-- @field complaint_warning the rate of complaints likewise
-- @field complaint_critical
-- @field complaint_least
-- @field back_below the part of its threshold that a rate must be under for a state to be left
-- @field at_critical what a critical domain may still send: `throttle`, a few messages an hour; `suspend`, none; `none`, all
-- @field throttled messages an hour that a throttled domain may send
M.DEFAULTS = {
  window = 7 * 24 * M.BUCKET,
  bounce_warning = 0.05, bounce_critical = 0.10, bounce_least = 200,
  complaint_warning = 0.001, complaint_critical = 0.003, complaint_least = 2000,
  back_below = 0.8,
  at_critical = "throttle", throttled = 100,
}

local function one_of(...)
  local words, known = { ... }, {}
  for _, word in ipairs(words) do known[word] = true end
  return { function(value) return known[value] == true end, table.concat(words, ", ") }
end

local rate = { function(value) return type(value) == "number" and value > 0 and value <= 1 end, "a rate, above 0 and at most 1" }
local hours = {
  function(value) return type(value) == "number" and value >= M.BUCKET and value <= 366 * 24 * M.BUCKET and value % M.BUCKET == 0 end,
  "whole hours in seconds, at most a year",
}
local volume = options.count(1, 1e9)

local known = {
  window = hours, bounce_warning = rate, bounce_critical = rate, bounce_least = volume,
  complaint_warning = rate, complaint_critical = rate, complaint_least = volume, back_below = rate,
  at_critical = one_of("throttle", "suspend", "none"), throttled = volume,
}

--- The numbers to judge by.
-- @tparam[opt] table given those that are to differ from `DEFAULTS`
-- @treturn table all of them
-- @raise where one is not known, makes no sense, or a warning would come after what it warns of
function M.policy(given)
  options.check("the policy of health", given or {}, known)
  local policy = fields.joined(M.DEFAULTS, given)
  for _, kind in ipairs { "bounce", "complaint" } do
    if policy[kind .. "_warning"] > policy[kind .. "_critical"] then
      error(("the policy of health: %s_warning must not be above %s_critical"):format(kind, kind), 2)
    end
  end
  return policy
end

-- ---- Hours.

--- The hour that a moment is in.
-- @tparam number moment seconds since 1970
-- @treturn number the moment at which it began
function M.bucket(moment) return floor(moment / M.BUCKET) * M.BUCKET end

--- The first of the hours that rates are taken over just now; the present one is the last.
-- @tparam number moment seconds since 1970
-- @tparam table policy
-- @treturn number the moment at which it began
function M.first_bucket(moment, policy) return M.bucket(moment) - policy.window + M.BUCKET end

--- About how many there were in the last sixty minutes: those of this hour, and of the hour before its share.
-- @tparam number moment seconds since 1970
-- @tparam number this how many in the hour that the moment is in
-- @tparam number before how many in the one before
-- @treturn number
function M.last_hour(moment, this, before) return this + before * (M.BUCKET - (moment - M.bucket(moment))) / M.BUCKET end

-- ---- The judgement.

--- The rates that counts amount to.
-- @tparam table counts `delivered`, `bounced`, `complained`
-- @tparam table policy
-- @treturn table `bounce` and `complaint`
function M.rates(counts, policy)
  return {
    bounce = counts.bounced / max(counts.delivered + counts.bounced, policy.bounce_least),
    complaint = counts.complained / max(counts.delivered, policy.complaint_least),
  }
end

-- Has a rate come to that part of what makes this state?
local function reaches(rates, state, policy, part)
  return rates.bounce >= part * policy["bounce_" .. state] or rates.complaint >= part * policy["complaint_" .. state]
end

local rank = { healthy = 0, warning = 1, critical = 2 }
local worst_first = { "critical", "warning" }

--- The state of a domain with such rates.
-- @tparam table rates
-- @tparam string before the state that it was in
-- @tparam table policy
-- @treturn string `healthy`, `warning` or `critical`
function M.state(rates, before, policy)
  for _, state in ipairs(worst_first) do
    if reaches(rates, state, policy, rank[state] <= rank[before] and policy.back_below or 1) then return state end
  end
  return "healthy"
end

--- What a domain in that state may send.
-- @tparam string state
-- @tparam table policy
-- @treturn ?string `throttled`, `suspended`, or nil: whatever it likes
function M.restriction(state, policy)
  if state ~= "critical" or policy.at_critical == "none" then return nil end
  return policy.at_critical == "suspend" and "suspended" or "throttled"
end

return M
