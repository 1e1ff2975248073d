--- How a domain's mail is received: what was delivered, what bounced, what was complained about.
--
-- The product reports the numbers; `mailseal.onboard.health_rules` says what is made of them. Each change of the state is an event.
-- A domain that is not healthy is looked at again each hour, so that it recovers when the bad hours are out of the window, whether
-- anything is reported or not.
-- @module mailseal.onboard.health
local change = require "mailseal.onboard.change"
local events = require "mailseal.store.events"
local gates = require "mailseal.store.gates"
local options = require "mailseal.dns.options"
local rules = require "mailseal.onboard.health_rules"
local store = require "mailseal.store.health"

local M = {}
local methods = {}

--- The methods of a tenant that are defined here.
M.methods = methods

local min = math.min

-- Seconds by which the clock of whoever reports may be ahead.
local SKEW = 300

local count = options.count(0, 1e9)
local reported = { delivered = count, bounced = count, complained = count, at = options.count(0, 2 ^ 53) }

-- The sums over the window, and the rates.
local function look_up(tx, tenant, domain, now, policy)
  -- Hours that are yet to come were counted by a clock that was set back since: they hide nothing.
  local sums = store.sum(tx, tenant, domain, rules.first_bucket(now, policy))
  return sums, rules.rates(sums, policy)
end

local function add_events(tx, tenant, gate, before, sums, rates, now)
  local data = {
    delivered = sums.delivered, bounced = sums.bounced, complained = sums.complained,
    bounce_rate = rates.bounce, complaint_rate = rates.complaint,
  }
  if gate.health ~= before.health then
    data.from, data.to = before.health, gate.health
    events.add(tx, tenant, gate.domain, "health", data, { at = now })
  end
  if gate.restriction ~= before.restriction then
    local kind = gate.restriction or "unrestricted"
    events.add(tx, tenant, gate.domain, kind, { health = gate.health }, { at = now })
  end
end

--- Judges a domain anew, and notes what has changed, in the store and in `gate`.
-- @tparam table tx
-- @tparam string tenant
-- @tparam table gate as of `mailseal.store.gates`, locked
-- @tparam number now seconds since 1970
-- @tparam table policy as of `mailseal.onboard.health_rules`
function M.judge(tx, tenant, gate, now, policy)
  local sums, rates = look_up(tx, tenant, gate.domain, now, policy)
  local before = { health = gate.health, restriction = gate.restriction }
  gate.health = rules.state(rates, before.health, policy)
  gate.restriction = rules.restriction(gate.health, policy)
  if gate.health == before.health and gate.restriction == before.restriction then return end
  gates.set_health(tx, tenant, gate.domain, gate.health, gate.restriction)
  add_events(tx, tenant, gate, before, sums, rates, now)
end

--- How many were sent in the last sixty minutes, about: those that were delivered and those that bounced.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam number now seconds since 1970
-- @treturn table `sent`; `released`: held mail that was let go, and may have been sent since
function M.last_hour(tx, tenant, domain, now)
  local this = rules.bucket(now)
  local present, before = store.sum(tx, tenant, domain, this, this), store.sum(tx, tenant, domain, this - rules.BUCKET, this - 1)
  return {
    sent = rules.last_hour(now, present.delivered + present.bounced, before.delivered + before.bounced),
    released = rules.last_hour(now, present.released, before.released),
  }
end

-- When a domain whose health has changed or is not good is looked at next: at once where it may send what it could not.
local function next_look(gate, was_restricted, now)
  if was_restricted and gate.restriction ~= was_restricted then return now end
  local next_hour = rules.bucket(now) + rules.BUCKET
  if gate.health == "healthy" then return gate.gate_at end
  return gate.gate_at and min(gate.gate_at, next_hour) or next_hour
end

--- Reports what became of a domain's messages since the last report. Reports are added up: they may come late and in any order, and one
-- that is made twice counts twice.
-- @tparam table tenant
-- @tparam string domain
-- @tparam table numbers `delivered`, `bounced`, `complained`: how many of each, none where they are left out; `at`: when, in seconds
--   since 1970, where that was not just now. What is older than the window does not count any more; what is up to five minutes ahead,
--   as clocks differ, counts as just now
-- @treturn[1] string the domain's state: `healthy`, `warning`, `critical`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; `in_the_future`; a code of the store
function methods.report(tenant, domain, numbers)
  options.check("tenant:report", numbers, reported)
  local policy, counts = tenant.registry.policy.health, {}
  for name in next, reported do counts[name] = rawget(numbers, name) end -- what was checked, whatever a metatable says
  return change.change(tenant, domain, function(tx, gate, now)
    local at = counts.at or now
    if at > now + SKEW then return nil, "what was reported has not happened yet", "in_the_future" end
    local first = rules.first_bucket(now, policy)
    if at < first then return gate.health end
    local was_restricted = gate.restriction
    store.add(tx, tenant.id, gate.domain, rules.bucket(min(at, now)), counts)
    store.forget(tx, tenant.id, gate.domain, first)
    M.judge(tx, tenant.id, gate, now, policy)
    local moment = next_look(gate, was_restricted, now)
    if moment ~= gate.gate_at then gates.set_next_look(tx, tenant.id, gate.domain, moment) end
    return gate.health
  end)
end

--- Reports of several domains, one after the other: each is taken, or is not, by itself.
-- @tparam table tenant
-- @tparam {table,...} list each with `domain`, and the numbers of @{methods.report}
-- @treturn {table,...} for each `domain`, and `health`, its state; or `message` and `code`, as of @{methods.report}
function methods.report_all(tenant, list)
  local results = {}
  for i, given in ipairs(list) do
    local numbers = {}
    for name in next, reported do numbers[name] = rawget(given, name) end
    local state, message, code = tenant:report(given.domain, numbers)
    results[i] = { domain = given.domain, health = state, message = not state and message or nil, code = not state and code or nil }
  end
  return results
end

--- The health of a domain.
-- @tparam table tenant
-- @tparam string domain
-- @treturn[1] table
--
-- - `state`: `healthy`, `warning`, `critical`, as it was judged last
-- - `restriction`: `throttled`, `suspended`, or nil
-- - `delivered`, `bounced`, `complained`: in the window
-- - `bounce_rate`, `complaint_rate`: as they are judged, of so many messages at least
-- - `last_hour`: about how many were sent in the last sixty minutes
-- - `policy`: the numbers that are judged by
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of the store
function methods.health(tenant, domain)
  local registry, name = tenant.registry, change.stored(domain)
  local policy, now = registry.policy.health, registry:now()
  return registry.db:read(function(tx)
    local gate = gates.get(tx, tenant.id, name)
    if not gate then return change.not_found() end
    local sums, rates = look_up(tx, tenant.id, name, now, policy)
    return {
      state = gate.health, restriction = gate.restriction,
      delivered = sums.delivered, bounced = sums.bounced, complained = sums.complained,
      bounce_rate = rates.bounce, complaint_rate = rates.complaint,
      last_hour = M.last_hour(tx, tenant.id, name, now).sent, policy = policy,
    }
  end)
end

local series_options = {
  step = {
    function(value) return type(value) == "number" and value >= rules.BUCKET and value % rules.BUCKET == 0 end, "whole hours in seconds",
  },
}

-- Domains of which series are told at a time, at most.
local SERIES_MOST = 1000

-- All spans of a domain, those in which nothing was reported among them; nil where there is none but those.
local function whole_series(rows, wanted)
  if not rows[1] then return nil end
  local slots = {}
  for i = 1, wanted do slots[i] = { delivered = 0, bounced = 0, complained = 0 } end
  for _, row in ipairs(rows) do
    local slot = slots[row.slot + 1]
    slot.delivered, slot.bounced, slot.complained = row.delivered, row.bounced, row.complained
  end
  return slots
end

--- What was reported of domains over the window, hour by hour or in longer spans: for pictures of it.
-- @tparam table tenant
-- @tparam {string,...} domains a thousand at most
-- @tparam[opt] table how `step`: how long each span is, in whole hours (an hour)
-- @treturn[1] table
--
-- - `from`, `step`, `count`: when the first span began, how long each is in seconds, and how many there are; the last is not over yet
-- - `of`: by domain, as it was given, a list of spans: `delivered`, `bounced`, `complained`. Of what nothing was reported, and of what is
--   not the tenant's, there is none
-- - `policy`: the numbers that health is judged by
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of the store
function methods.health_series(tenant, domains, how)
  if type(domains) ~= "table" or #domains > SERIES_MOST then error("tenant:health_series wants a list of up to 1000 domains", 2) end
  options.check("tenant:health_series", how or {}, series_options)
  local registry = tenant.registry
  local policy, step, now = registry.policy.health, how and how.step or rules.BUCKET, registry:now()
  local last = rules.bucket(now)
  local spans = math.ceil(policy.window / step)
  local from, of = last + rules.BUCKET - spans * step, {}
  local ok, message, code = registry.db:read(function(tx)
    for _, domain in ipairs(domains) do
      of[domain] = whole_series(store.series(tx, tenant.id, change.stored(domain), from, step, spans), spans)
    end
    return true
  end)
  if not ok then return nil, message, code end
  return { from = from, step = step, count = spans, of = of, policy = policy }
end

--- Forgets what was reported of a domain, whose sender has mended what was wrong: it is healthy, and what restricted it is lifted.
-- That is for whoever runs the service to do, not for his customers.
-- @tparam table tenant
-- @tparam string domain
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of the store
function methods.reset_health(tenant, domain)
  local policy = tenant.registry.policy.health
  return change.change(tenant, domain, function(tx, gate, now)
    store.forget(tx, tenant.id, gate.domain)
    events.add(tx, tenant.id, gate.domain, "health_reset", {}, { at = now })
    M.judge(tx, tenant.id, gate, now, policy)
    gates.set_next_look(tx, tenant.id, gate.domain, now)
    return true
  end)
end

return M
