--- The steps of domains' keys: who looks on, and takes those that are due, until a rotation is over.
--
-- Keys wait for their owner to publish, and for time. So whoever looks takes up those that are due for a few minutes, asks DNS outside
-- of any transaction, and then takes the steps that are still the next ones. `mailseal.onboard.key_life` says which they are; a rotation
-- begins in `mailseal.onboard.rotation`.
-- @module mailseal.onboard.key_steps
local async = require "mailseal.async"
local change = require "mailseal.onboard.change"
local domains = require "mailseal.store.domains"
local gate = require "mailseal.onboard.gate"
local keys = require "mailseal.onboard.keys"
local life = require "mailseal.onboard.key_life"
local look = require "mailseal.onboard.key_look"
local store = require "mailseal.store.keys"

local M = {}
local steps = {}

--- What is done on the database: see `perform` of `mailseal.onboard.registry`.
M.steps = steps

-- Seconds for which keys that were taken up are left to who did; how many are taken up at a time, and looked at side by side.
local LEASE, DUE, SIDE_BY_SIDE = 300, 100, 20

-- ---- a domain's keys

-- Nothing is switched to before it is known whose the domain is, nor when that is in doubt.
local function may_go_on(row) return row and row.status == "verified" end

--- Those keys of a domain that are to be looked at now.
-- @tparam table registry
-- @tparam string tenant
-- @tparam string name the domain, in A-labels
-- @tparam number now
-- @treturn ?{table,...} as of `mailseal.store.keys`
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.to_look_at(registry, tenant, name, now)
  return registry.db:read(function(tx)
    local list, row = {}, domains.get(tx, tenant, name)
    for _, key in ipairs(may_go_on(row) and store.of_domain(tx, tenant, name) or {}) do
      list[#list + 1] = life.asks(key, now) and key or nil
    end
    return list
  end)
end

-- What DNS shows of keys, by selector.
local function look_at(registry, name, list)
  local resolver, message, code = registry:resolver()
  if not resolver then
    return nil, message, code
  end
  local looks = {}
  for _, key in ipairs(list) do
    local seen
    seen, message, code = look.look(resolver, key, name)
    if not seen then
      return nil, message, code
    end
    looks[key.selector] = { seen = seen, version = key.version, state = key.state }
  end
  return looks
end

-- The step that is to be taken with a key. The one that signed so far makes way first: there is never a moment with two.
local function take(tx, tenant, name, list, key, input, how)
  if input ~= "settled" then
    return keys.take(tx, tenant, name, key, input, how)
  end
  local previous
  for _, other in ipairs(list) do
    if other.state == "active" then
      previous = other.selector
      keys.take(tx, tenant, name, other, "superseded", { now = how.now, policy = how.policy, data = { by = key.selector } })
    end
  end
  return keys.take(tx, tenant, name, key, input, { now = how.now, policy = how.policy, data = { previous = previous } })
end

-- When a key is looked at next, where it stays what it is; and for how long what stands in its place may be remembered.
local function postpone(tx, tenant, name, key, seen, how)
  local ttl = seen and seen.ttl and math.max(seen.ttl, key.ttl or 0) or key.ttl
  local next_at = life.next_at(key, how.now, seen and seen.retry_at, how.policy)
  if ttl ~= key.ttl or next_at ~= key.next_at then
    store.change(tx, tenant, name, key, {
      state = key.state, state_since = key.state_since, wait_until = key.wait_until, ttl = ttl, next_at = next_at,
    })
  end
end

-- Takes all steps that are the next ones now. Returns how many.
local function apply(tx, registry, tenant, name, looks, now)
  local row = domains.get(tx, tenant, name)
  local list, policy, count = row and store.of_domain(tx, tenant, name) or {}, registry.policy.keys, 0
  for _, key in ipairs(list) do
    local looked = looks[key.selector]
    local seen = looked and looked.version == key.version and looked.state == key.state and looked.seen or nil
    local how = { now = now, policy = policy, look = seen }
    local input = may_go_on(row) and life.happened(key, seen and seen.seen, now)
    if input and take(tx, tenant, name, list, key, input, how) then
      count = count + 1
    elseif key.next_at then
      postpone(tx, tenant, name, key, seen, how)
    end
  end
  if count > 0 then
    keys.publish(tx, tenant, row, list)
    gate.open(tx, tenant, name, now) -- held mail leaves where no key signed until now
  end
  return count
end

--- Takes the steps that are due with a domain's keys.
-- @tparam table registry
-- @tparam string tenant
-- @tparam string name the domain, in A-labels
-- @tparam table looks by selector, what DNS shows of those that were to be looked at
-- @tparam number now as it was then
-- @treturn ?number how many steps were taken
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.apply(registry, tenant, name, looks, now)
  local count, message, code = registry.db:write(function(tx)
    return apply(tx, registry, tenant, name, looks, now)
  end)
  if count and count > 0 then
    change.forget(registry, tenant, name)
  end
  return count, message, code
end

--- Looks at a domain's keys, and takes the steps that are due. It waits for DNS. Safe to be called by any number of processes.
-- @tparam table registry
-- @tparam string tenant
-- @tparam string name the domain, in A-labels
-- @treturn[1] number how many steps were taken
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.store` or `mailseal.dns`
function M.advance(registry, tenant, name)
  local now = registry:now()
  local list, message, code = registry:perform("key_steps", "to_look_at", tenant, name, now)
  if not list then
    return nil, message, code
  end
  local looks = {}
  if list[1] then
    looks, message, code = look_at(registry, name, list)
  end
  if not looks then
    return nil, message, code
  end
  return registry:perform("key_steps", "apply", tenant, name, looks, now)
end

-- ---- the worker

--- Takes up keys that are due.
-- @tparam table registry
-- @tparam number limit how many at most
-- @treturn ?{table,...} `tenant_id` and `domain`, each once
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.lease(registry, limit)
  local now = registry:now()
  local due, message, code = registry.db:read(function(tx)
    return { store.is_due(tx, now) }
  end)
  if not due then
    return nil, message, code
  elseif not due[1] then
    return {}
  end
  return registry.db:write(function(tx)
    return store.lease(tx, { now = now, ends = now + LEASE, limit = limit })
  end)
end

local function told_of(one, problem)
  return ("the keys of %s of %s: %s"):format(one.domain, one.tenant_id, tostring(problem))
end

--- Looks at the keys of all tenants that are due. Where something fails with one domain's, the others of the same batch are looked at,
-- and that one's are due again in some minutes.
-- @tparam table registry
-- @tparam[opt] number at_most how many keys are taken up; no bound without it
-- @treturn[1] number how many domains were looked at
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.store` or `mailseal.dns`
function M.work(registry, at_most)
  local looked = 0
  at_most = at_most or math.huge
  while looked < at_most do
    local due, message, code = registry:perform("key_steps", "lease", math.min(DUE, at_most - looked))
    if not due then
      return nil, message, code
    elseif #due == 0 then
      break
    end
    local failure
    local _, problems = async.map(due, SIDE_BY_SIDE, function(one)
      local taken, text, kind = M.advance(registry, one.tenant_id, one.domain)
      failure = failure or not taken and { told_of(one, text), kind } or nil
      return true
    end)
    local i, problem = next(problems)
    if failure or problem then
      return nil, failure and failure[1] or told_of(due[i], problem), failure and failure[2] or "failed"
    end
    looked = looked + #due
  end
  return looked
end

return M
