--- The records of our own keys are published, replaced by what says that they are revoked, and taken away, without a hand: for domains
-- whose access was kept (`tenant:keep_access`).
--
-- Whatever changes a domain's keys (`mailseal.onboard.keys.publish`) has its accesses looked at soon; the worker takes them up here. What
-- fails is tried again, later each time, and told once for each cause.
-- @module mailseal.onboard.publishing.keys
local access = require "mailseal.onboard.publishing.access"
local accesses = require "mailseal.store.accesses"
local applying = require "mailseal.onboard.publishing.applying"
local async = require "mailseal.async"
local due = require "mailseal.onboard.publishing.due"
local events = require "mailseal.store.events"
local key_changes = require "mailseal.onboard.publishing.key_changes"
local key_records = require "mailseal.onboard.key_records"
local keys = require "mailseal.store.keys"
local publishing_steps = require "mailseal.onboard.publishing.steps"

local M = {}
local steps = {}

--- What is done on the database: see `perform` of `mailseal.onboard.registry`.
M.steps = steps

-- The TTL of a new key's record.
local TTL = 3600

-- ---- on the database

--- Takes up accesses that are due. They are left to who did for as long as a zone is (`lease` of the policy), and for longer as long as he
-- is heard of.
-- @tparam table registry
-- @tparam number limit how many at most
-- @treturn ?{table,...} `tenant_id`, `domain`, `via`, `attempts`, `code` (of the last problem), `lease`
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.lease(registry, limit)
  return due.take(registry, accesses, function(tx, now)
    local ends = now + registry.policy.publishing.lease
    local list = accesses.lease(tx, { now = now, ends = ends, limit = limit })
    for _, one in ipairs(list) do one.lease = ends end
    return list
  end)
end

--- Has accesses that were taken up for longer.
-- @tparam table registry
-- @tparam {table,...} list as of @{lease}
-- @treturn ?number until when
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.renew(registry, list)
  local ends = registry:now() + registry.policy.publishing.lease
  return registry.db:write(function(tx)
    for _, one in ipairs(list) do accesses.renew(tx, one.tenant_id, one.domain, { via = one.via, lease = one.lease, ends = ends }) end
    return ends
  end)
end

-- When what has failed is tried again.
local function again_at(now, attempts, details, policy)
  local span = math.min(policy.retry_first * 2 ^ math.min(attempts, 30), policy.retry_most)
  return math.max(math.floor(now + span), details and details.retry_at or 0)
end

--- Notes what became of the use of an access.
-- @tparam table registry
-- @tparam table one as of @{lease}
-- @tparam table outcome `changed`; or `message`, `code`, `details`, of what went wrong
-- @treturn ?boolean true
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.note(registry, one, outcome)
  local now, policy = registry:now(), registry.policy.publishing
  return registry.db:write(function(tx)
    local row = { via = one.via, lease = one.lease, attempts = 0 }
    if outcome.code == "publish_under_way" then
      row.due_at, row.attempts = outcome.details.retry_at, one.attempts
    elseif outcome.code then
      row.due_at, row.attempts = again_at(now, one.attempts, outcome.details, policy), one.attempts + 1
      row.code, row.problem = outcome.code, publishing_steps.problem(outcome.message)
      if outcome.code ~= one.code then
        events.add(tx, one.tenant_id, one.domain, "publish_failed", {
          via = one.via, purpose = "keys", code = row.code, problem = row.problem, retry_at = row.due_at,
        }, { at = now })
      end
    else
      row.used_at = outcome.changed and now or nil
      if outcome.changed then keys.hurry(tx, one.tenant_id, one.domain, now) end
    end
    accesses.write(tx, one.tenant_id, one.domain, row)
    return true
  end)
end

-- ---- one access

-- What there is at the names of keys. Returns nil, a message, a code and details where the DNS host does not tell.
local function read(target, list, domain, least_ttl)
  local zone_of, by_zone, zones = {}, {}, {}
  for _, key in ipairs(list) do
    local name = key_records.name(key.selector, domain)
    local zone, message, code, details = target:zone_of(name)
    if not zone and code ~= "no_zone" then return nil, message, code, details end
    if zone then
      zone_of[name], by_zone[zone] = zone, by_zone[zone] or {}
      table.insert(by_zone[zone], name)
    end
  end
  for zone, names in pairs(by_zone) do
    local found, message, code, details = target:read(zone, names)
    if not found then return nil, message, code, details end
    zones[zone] = found
  end
  return { zone_of = zone_of, zones = zones, ttl = math.max(TTL, least_ttl or 0) }
end

local function publish_with(target, way, tenant, domain, list)
  local there, message, code, details = read(target, list, domain, way.module.least_ttl)
  if not there then return nil, message, code, details end
  local changes, blocked = key_changes.changes(list, domain, there)
  local result
  result, message, code, details = applying.run {
    tenant = tenant, domain = domain, target = target, via = way.via, scope = way.scope, kind = "keys", changes = changes, wait = 0,
    quiet = true,
  }
  if result and blocked[1] then
    return nil, ("another record stands at %s, and is left alone"):format(table.concat(blocked, ", ")), "record_other_value"
  end
  return result, message, code, details
end

-- What is to be published of a domain's keys: those that it is about; none where it is not known to be its tenant's.
local function concerned(known)
  local list, row = {}, known.domain
  for _, key in ipairs(row and row.owned_at and row.status ~= "failed" and known.keys or {}) do
    list[#list + 1] = key_changes.concerns(key) and key or nil
  end
  return list
end

--- Publishes what is to be published of a domain's keys, by an access that was kept. It waits for the DNS host, and for DNS.
-- @tparam table registry
-- @tparam string tenant
-- @tparam string domain as it is stored
-- @tparam string via
-- @treturn[1] table `changed`, and else as of `mailseal.onboard.publishing.applying.run`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `record_other_value`: something else stands where a key is to be; as of `tenant:plan`, `plan:apply`
-- @treturn[2] ?table details
function M.publish(registry, tenant, domain, via)
  local known, message, code = registry:perform("publishing.steps", "load", tenant, domain)
  if not known then return nil, message, code end
  local list = concerned(known)
  if not list[1] and not known.open[1] then return { changed = false } end
  local whose = registry:tenant(tenant)
  local way
  way, message, code = access.way(whose, domain, { via = via }, { via = true })
  if not way then return nil, message, code end
  local target
  target, message, code = way.open()
  if not target then return nil, message, code end
  local result, text, kind, details = publish_with(target, way, whose, domain, list)
  way.close(target)
  return result, text, kind, details
end

-- ---- the worker

-- Has those that nobody is done with for longer, as long as this goes on.
local function stay(registry, list)
  while true do
    async.sleep(registry.policy.publishing.lease / 3)
    local open = {}
    for _, one in ipairs(list) do open[#open + 1] = not one.is_done and one or nil end
    local ends = open[1] and registry:perform("publishing.keys", "renew", open)
    for _, one in ipairs(ends and open or {}) do one.lease = ends end
  end
end

local function advance(registry, one)
  local result, message, code, details = M.publish(registry, one.tenant_id, one.domain, one.via)
  one.is_done = true
  if code == "not_found" then return true end
  return registry:perform("publishing.keys", "note", one, {
    changed = result and result.changed, message = message, code = code, details = details and { retry_at = details.retry_at },
  })
end

--- Publishes what is due. See `STEPS` of `mailseal.onboard.worker`.
-- @tparam table registry
-- @tparam[opt] number at_most how many accesses are taken up
-- @treturn ?number how many there were
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function M.work(registry, at_most)
  local list, message, code = registry:perform("publishing.keys", "lease", due.limit(at_most))
  if not list then return nil, message, code end
  local heart = list[1] and async.start(stay, registry, list)
  local count
  count, message, code = due.each(list, function(one) return advance(registry, one) end)
  if heart then heart:cancel() end
  return count, message, code
end

return M
