--- The gate that a domain's mail passes: opened and closed by people, by the flow, and by its health; and what was held at it is let
-- go when it opens.
--
-- Whoever opens a gate notes in the same transaction that it is to be looked at (`gate_at`). A look is one transaction, too: it judges
-- the domain's health anew, lets go a bounded number of held messages where the domain may send, and notes when to look again. So it
-- does not matter where a process dies: the next look carries on, and each message leaves once. Millions of them take many short looks,
-- between which others have their turn.
-- @module mailseal.onboard.gate
local async = require "mailseal.async"
local change = require "mailseal.onboard.change"
local decide = require "mailseal.onboard.decide"
local events = require "mailseal.store.events"
local gates = require "mailseal.store.gates"
local health = require "mailseal.onboard.health"
local health_store = require "mailseal.store.health"
local holds = require "mailseal.store.holds"
local identifier = require "mailseal.onboard.identifier"
local options = require "mailseal.dns.options"
local rules = require "mailseal.onboard.health_rules"

local floor, max, min = math.floor, math.max, math.min

local M = {}
local methods = {}

local steps = {}

--- The methods of a tenant that are defined here; and the steps of the worker, see `perform` of `mailseal.onboard.registry`.
M.methods = methods
M.steps = steps

--- How many held messages are let go in one transaction, at most.
M.BATCH = 1000

-- Seconds after which a throttled domain is looked at again for what it may send by then.
local THROTTLED_AGAIN = 300
-- Gates that the worker takes up at a time.
local DUE = 100

-- How many held messages the domain may send just now.
local function allowance(tx, tenant, gate, now, policy)
  if decide.judge(gate, 0, policy) ~= "send" then return 0 end
  if gate.restriction ~= "throttled" then return M.BATCH end
  -- What was released is reported later, so some messages count twice: it is a limit, not a share to be used up.
  local sent = health.last_hour(tx, tenant, gate.domain, now)
  return min(M.BATCH, max(0, floor(policy.throttled - sent.sent - sent.released)))
end

local function release(tx, tenant, gate, limit, now)
  if limit == 0 then return 0 end
  local count, first = holds.release(tx, tenant, gate.domain, limit, now)
  if count > 0 then
    events.add(tx, tenant, gate.domain, "mail_released", { count = count, first = first }, { at = now })
    if gate.restriction then health_store.add(tx, tenant, gate.domain, rules.bucket(now), { released = count }) end
  end
  return count
end

-- When to look again. `rest`: may there be mail that is still held though the domain may send?
local function next_look(gate, rest, now)
  if rest and gate.restriction ~= "throttled" then return now end
  local moment = gate.health ~= "healthy" and rules.bucket(now) + rules.BUCKET or nil
  if rest then moment = min(moment or math.huge, now + THROTTLED_AGAIN) end
  return moment
end

--- Looks at a gate.
-- @tparam table tenant
-- @tparam string domain
-- @tparam[opt] boolean when_due leave it alone where somebody else has looked at it by now
-- @treturn[1] number how many held messages were let go
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of the store
function M.look(tenant, domain, when_due)
  local policy = tenant.registry.policy.health
  return change.change(tenant, domain, function(tx, gate, now)
    if when_due and not (gate.gate_at and gate.gate_at <= now) then return 0 end
    if gate.health ~= "healthy" or gate.restriction then health.judge(tx, tenant.id, gate, now, policy) end
    local limit = allowance(tx, tenant.id, gate, now, policy)
    local count = release(tx, tenant.id, gate, limit, now)
    local may_send = decide.judge(gate, 0, policy) == "send"
    local rest = may_send and count == limit and holds.count(tx, tenant.id, gate.domain, 1) > 0
    gates.set_next_look(tx, tenant.id, gate.domain, next_look(gate, rest, now))
    return count
  end)
end

--- The gates that are due.
-- @tparam table registry
-- @tparam number limit how many at most
-- @treturn ?{table,...} `tenant_id`, `domain`
-- @treturn ?string what went wrong
-- @treturn ?string a code of the store
function steps.due(registry, limit)
  return registry.db:read(function(tx) return gates.due(tx, registry:now(), limit) end)
end

--- Looks at a gate that is due.
-- @tparam table registry
-- @tparam string tenant
-- @tparam string domain
-- @treturn ?number how many held messages were let go
-- @treturn ?string what went wrong
-- @treturn ?string `not_found`; a code of the store
function steps.look(registry, tenant, domain)
  return M.look(registry:tenant(tenant), domain, true)
end

--- Looks at the gates of all tenants that are due, each once in a round, until none is or so many looks were taken. Other tasks have
-- their turn between the looks. It is safe to call, and to be killed, in any number of processes.
-- @tparam table registry
-- @tparam[opt] number at_most looks; no bound without it
-- @treturn[1] number how many were taken; less than `at_most` where no gate is due any more
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of the store
function M.work(registry, at_most)
  local taken = 0
  at_most = at_most or math.huge
  while taken < at_most do
    local due, message, code = registry:perform("gate", "due", min(DUE, at_most - taken))
    if not due then return nil, message, code end
    if #due == 0 then return taken end
    for _, row in ipairs(due) do
      local count
      count, message, code = registry:perform("gate", "look", row.tenant_id, row.domain)
      if not count and code ~= "not_found" then return nil, message, code end
      taken = taken + 1
      async.sleep(0)
    end
  end
  return taken
end

--- Notes that a domain may send again, to be called by whoever makes it so, in his transaction.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam number now seconds since 1970
function M.open(tx, tenant, domain, now) gates.set_next_look(tx, tenant, domain, now) end

--- Opens the gate of a domain that has been verified, to be called by whoever makes it so, in his transaction. Its health is judged first:
-- by what was reported of it before it was removed, if it was.
-- @tparam table tx
-- @tparam table registry
-- @tparam string tenant
-- @tparam string domain
-- @tparam number now seconds since 1970
function M.verified(tx, registry, tenant, domain, now)
  health.judge(tx, tenant, gates.lock(tx, tenant, domain), now, registry.policy.health)
  M.open(tx, tenant, domain, now)
end

--- Lets a domain send again, where it was disabled. What was held is let go, in order: the first of it at once, what is more by the
-- worker or `tenant:release_holds`. What its health forbids is forbidden still: a suspended domain stays suspended.
-- @tparam table tenant
-- @tparam string domain
-- @treturn[1] boolean true, also where it was enabled
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of the store
function methods.enable(tenant, domain)
  change.want_name(domain)
  local enabled, message, code = change.change(tenant, domain, function(tx, gate, now)
    if gate.enabled then return true end
    gates.set_enabled(tx, tenant.id, gate.domain, true)
    events.add(tx, tenant.id, gate.domain, "enabled", {}, { at = now })
    M.open(tx, tenant.id, gate.domain, now)
    return true
  end)
  if not enabled then return nil, message, code end
  M.look(tenant, domain, true) -- where that fails, the worker does it
  return true
end

local disable_options = { reason = options.any }

--- Lets a domain send no more until it is enabled, and leaves all else as it is.
-- @tparam table tenant
-- @tparam string domain
-- @tparam[opt] table how `reason`: a text of up to 1000 octets, kept in the event
-- @treturn[1] boolean true, also where it was disabled
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`, `bad_text`; a code of the store
function methods.disable(tenant, domain, how)
  options.check("tenant:disable", how or {}, disable_options)
  local reason = how and how.reason
  if reason ~= nil then
    local ok, message, code = identifier.check_reason(reason)
    if not ok then return nil, message, code end
  end
  return change.change(tenant, domain, function(tx, gate, now)
    if not gate.enabled then return true end
    gates.set_enabled(tx, tenant.id, gate.domain, false)
    events.add(tx, tenant.id, gate.domain, "disabled", { reason = reason }, { at = now })
    return true
  end)
end

return M
