--- Publications that nobody has ended: it is found out what they have done, and they are ended with that.
--
-- Somebody has died, or has lost his DNS host half way. Whoever publishes in the same way next settles it at once, as he reads the zone
-- anyway. For all others the worker does it here after a while, by an access that is kept, or else by what the zone's name servers show.
-- It also looks whether they show what a DNS host was asked to set (`mailseal.onboard.publishing.connecting`).
-- @module mailseal.onboard.publishing.settling
local access = require "mailseal.onboard.publishing.access"
local connected = require "mailseal.onboard.publishing.connected"
local due = require "mailseal.onboard.publishing.due"
local effect = require "mailseal.onboard.publishing.effect"
local letters = require "mailseal.onboard.letters"
local publishing_steps = require "mailseal.onboard.publishing.steps"
local seen = require "mailseal.onboard.publishing.seen"
local store = require "mailseal.store.publications"

local M = {}
local steps = {}

--- What is done on the database: see `perform` of `mailseal.onboard.registry`.
M.steps = steps

-- ---- on the database

--- Takes up publications that nobody has ended. Each is due again later, the later the older it is.
-- @tparam table registry
-- @tparam number limit how many at most
-- @treturn ?{table,...} as of `mailseal.store.publications.lease`
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.lease(registry, limit)
  local policy = registry.policy.publishing
  return due.take(registry, store, function(tx, now)
    local list = store.lease(tx, { now = now, ends = now + policy.retry_first, limit = limit })
    for _, one in ipairs(list) do
      local span = math.min(math.max(now - one.begun_at, policy.retry_first), policy.retry_most)
      store.put_off(tx, one.tenant_id, one.id, now + span)
    end
    return list
  end)
end

-- ---- one of them

-- What was done of changes, by zone, as whoever reads the zones finds it.
local function look_what_was_done(reader_of, changes)
  local done = {}
  for zone, list in pairs(changes) do
    local found, message, code, details = reader_of(zone):read(zone, effect.names(list))
    if not found then return nil, message, code, details end
    local of_zone = effect.done(list, found)
    done[zone] = of_zone[1] and of_zone or nil
  end
  return done
end

--- Ends a publication by what there is. Its domain has to be locked.
-- @tparam table registry
-- @tparam string tenant
-- @tparam table one its row
-- @tparam function reader_of is called with a zone's name, and returns what has the `read` of a target
-- @treturn ?boolean true; false where somebody else has ended it
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.publish.target` or of `mailseal.store`
-- @treturn ?table details, as of `mailseal.publish.target`
function M.settle(registry, tenant, one, reader_of)
  local done, message, code, details = look_what_was_done(reader_of, one.changes)
  if not done then return nil, message, code, details end
  local is_nothing = next(done) == nil
  return registry:perform("publishing.steps", "finish", tenant, one.actor, one, {
    state = "settled", changes = done, code = is_nothing and "interrupted" or nil,
    problem = is_nothing and "it was cut short before anything was changed" or nil,
  })
end

-- Who tells what stands in the zones: the DNS host, where access to it is kept, or else DNS. Then what is to be called at the end.
local function reader(registry, one)
  local whose = registry:tenant(one.tenant_id)
  local way = require "mailseal.publish".find(one.via) and access.way(whose, one.domain, { via = one.via }, { via = true })
  local target = way and way.is_kept and way.open()
  if target then return function() return target end, function() way.close(target) end end
  local resolver, message, code = registry:resolver()
  if not resolver then return nil, message, code end
  return function(zone) return seen.open(zone, resolver) end, function() end
end

-- Settles one, unless somebody is at work on its domain.
local function settle(registry, one)
  local id = "set_" .. letters.new(16)
  local claimed, message, code = registry:perform("publishing.steps", "claim", one.tenant_id, one.domain, {
    id = id, locks = { publishing_steps.lock_of(one.tenant_id, one.domain) },
  })
  if not claimed then
    if code == "publish_under_way" then return true end
    return nil, message, code
  end
  local reader_of, close = reader(registry, one)
  if reader_of then
    for _, open in ipairs(claimed.open) do
      if open.id == one.id then M.settle(registry, one.tenant_id, open, reader_of) end
    end
    close()
  end
  return registry:perform("publishing.steps", "release", id)
end

-- Ends what a DNS host was asked to set: once DNS shows it, or when it has not for long enough.
local function look(registry, one)
  local known, message, code = registry:perform("publishing.steps", "load", one.tenant_id, one.domain)
  if not known then return nil, message, code end
  local changes, is_all = connected.look(registry, one, known)
  local policy = registry.policy.publishing
  if not is_all and registry:now() < one.begun_at + policy.connect_most then return true end
  return registry:perform("publishing.steps", "finish", one.tenant_id, one.actor, one, {
    state = is_all and "done" or "failed", changes = changes or {}, shown = is_all or nil, code = not is_all and "not_shown" or nil,
    problem = not is_all and "DNS does not show all of what the DNS host was asked to set" or nil,
  })
end

-- ---- the worker

--- Ends what is due. See `STEPS` of `mailseal.onboard.worker`.
-- @tparam table registry
-- @tparam[opt] number at_most how many publications are taken up
-- @treturn ?number how many there were
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function M.work(registry, at_most)
  local list, message, code = registry:perform("publishing.settling", "lease", due.limit(at_most))
  if not list then return nil, message, code end
  return due.each(list, function(one) return (one.kind == "connect" and look or settle)(registry, one) end)
end

return M
