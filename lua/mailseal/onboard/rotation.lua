--- Rotation: a new key in the place of the one that signs, without a message that cannot be verified.
--
-- The steps are those of `mailseal.onboard.key_life`: publish the new selector; wait until every name server shows it and caches have
-- forgotten what was there before; switch; leave the old one as long as its mail may be under way; revoke it; remove it. Each is one
-- transaction and tells an event, and what comes next is found in the rows: it does not matter where a process dies, who goes on, or
-- how many do.
--
-- Here it begins, and ends where a key is revoked; `mailseal.onboard.key_steps` takes it further.
-- @module mailseal.onboard.rotation
local change = require "mailseal.onboard.change"
local domains = require "mailseal.store.domains"
local events = require "mailseal.store.events"
local fields = require "mailseal.onboard.fields"
local keys = require "mailseal.onboard.keys"
local kinds = require "mailseal.dns.options"
local life = require "mailseal.onboard.key_life"
local records = require "mailseal.onboard.key_records"
local store = require "mailseal.store.keys"

local M = {}
local methods = {}

--- The methods of a tenant that are defined here.
M.methods = methods

-- A domain's row and its keys; nothing where there is no such domain.
local function load(registry, tenant, name)
  return registry.db:read(function(tx)
    local row = domains.get(tx, tenant, name)
    return row and { row = row, keys = store.of_domain(tx, tenant, name) } or {}
  end)
end

-- In the operator's zone, the names that a new key may go to, the better one first. What is revoked there has had its time: the new
-- text in its place says as well that the key before is no longer valid.
local free_in = { idle = 3, withdrawn = 2, revoked = 1 }

-- Where the new key is to go: `slot`, one of the names in the operator's zone, where its keys stand there; nil, a message and a code
-- where it may go nowhere.
local function place_for(row, list)
  if not row then
    return change.not_found()
  elseif #list == 0 then
    return nil, "the keys of this domain are its provider's: they are rotated there", "not_applicable"
  elseif row.status ~= "verified" then
    return nil, "the domain is not verified: nothing is signed for it yet", "not_verified"
  end
  local free, retiring
  for _, key in ipairs(list) do
    if key.state == "awaited" or key.state == "spreading" then
      return nil, ("a rotation is under way: the key %s is to sign next"):format(key.selector), "rotation_under_way"
    elseif key.target and free_in[key.state] and (not free or free_in[key.state] > free_in[free.state]) then
      free = key
    elseif key.target and key.state == "retiring" then
      retiring = key
    end
  end
  if retiring and not free then
    return nil, ("the last rotation is not over: the new key goes to the name %s, which holds the key before until %s, for mail that is "
      .. "under way"):format(retiring.selector, os.date("!%Y-%m-%d", retiring.wait_until)), "rotation_under_way"
  end
  return { slot = free }
end

-- Puts the key that was made into the place that there was for it when it was.
local function add(tx, tenant, row, slot, made, how)
  if not slot then
    store.insert(tx, tenant.id, row.domain, made)
  else
    keys.take(tx, tenant.id, row.domain, slot, "replaced", how)
    if slot.state ~= "idle" or not store.refill(tx, tenant.id, row.domain, slot, made) then
      return nil, "the domain's keys were changed meanwhile", "rotation_under_way"
    end
  end
  events.add(tx, tenant.id, row.domain, "key_made", keys.told(made), { at = made.state_since })
  keys.publish(tx, tenant.id, row, store.of_domain(tx, tenant.id, row.domain))
  return keys.describe({ made }, row.domain)[1]
end

local rotate_options = {
  type = { function(value) return value == "rsa" or value == "ed25519" end, '"rsa" or "ed25519"' }, bits = kinds.count(1, 2 ^ 31 - 1),
}

--- Begins a rotation: makes the key that is to sign next. Its record is to be published (`tenant:records` has it); all else happens by
-- itself when `mailseal worker` runs, and is told in events: key_made, key_published, key_switched, key_retired, key_revoked,
-- key_withdrawn, key_removed.
-- @tparam table tenant
-- @tparam string domain
-- @tparam[opt] table options `type` ("rsa" or "ed25519") and, of RSA, `bits` of the new key; without them as the policy has it
-- @treturn[1] table the new key, as of `tenant:keys`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; `not_applicable` (the keys are the provider's); `not_verified`; `rotation_under_way`; `no_master_key`;
--   `key_too_small`, `key_too_large`, `key_bad_bits`; a code of `mailseal.store`
function methods.rotate(tenant, domain, options)
  kinds.check("tenant:rotate", options or {}, rotate_options)
  if options and options.bits and (options.type or tenant.registry.policy.keys.type) ~= "rsa" then
    error("tenant:rotate: bits are of keys of RSA", 2)
  end
  local name = change.stored(domain)
  local found, message, code = load(tenant.registry, tenant.id, name)
  if not found then
    return nil, message, code
  end
  local place, made
  place, message, code = place_for(found.row, found.keys)
  if not place then
    return nil, message, code
  end
  made, message, code = keys.make(tenant, name, place.slot, options)
  if not made then
    return nil, message, code
  end
  made.next_at = life.next_at(made, made.state_since, nil, tenant.registry.policy.keys)
  local told
  told, message, code = tenant.registry.db:write(function(tx)
    local row = domains.get(tx, tenant.id, name)
    local now_free, text, kind = place_for(row, row and store.of_domain(tx, tenant.id, name) or {})
    if not now_free then
      return nil, text, kind
    end
    -- A transaction may be run again, and is to find what it began with.
    local slot = place.slot and fields.joined(place.slot)
    return add(tx, tenant, row, slot, made, { now = made.state_since, policy = tenant.registry.policy.keys })
  end, tenant)
  change.forget(tenant.registry, tenant.id, name)
  return told, message, code
end

local function find(list, selector)
  for _, key in ipairs(list) do
    if key.selector == selector and key.state ~= "idle" then
      return key
    end
  end
end

-- What stands against revoking a key.
local function refusal(row, key, options)
  if not key then
    return "the domain has no such key", "no_such_key"
  elseif (key.state == "awaited" or key.state == "spreading") and row.status ~= "verified" then
    return "the domain is not verified, so nothing is signed with this key", "not_verified"
  elseif key.state == "active" and not (options and options.force) then
    return "this key signs: rotate first, or revoke it with force, and nothing is signed until another does", "key_active"
  elseif not life.TABLE[key.state].revoke then
    return "this key is not valid any more", "key_over"
  end
end

--- Revokes a key at once; the others stay as they are. Its private half is erased; its record is to be replaced by one that says so.
-- @tparam table tenant
-- @tparam string domain
-- @tparam string selector
-- @tparam[opt] table options `force`: even the key that signs. Nothing is signed then until another key does: see `tenant:rotate`
-- @treturn[1] {table,...} the domain's keys, as of `tenant:keys`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; `no_such_key`; `not_verified`; `key_active` (it signs); `key_over` (it is revoked, or was dropped); a
--   code of `mailseal.store`
function methods.revoke(tenant, domain, selector, options)
  if type(selector) ~= "string" then
    error("tenant:revoke wants a selector", 2)
  end
  kinds.check("tenant:revoke", options or {}, { force = kinds.flag })
  local name, registry = change.stored(domain), tenant.registry
  local told, text, why = registry.db:write(function(tx)
    local row = domains.get(tx, tenant.id, name)
    if not row then
      return change.not_found()
    end
    local list = store.of_domain(tx, tenant.id, name)
    local key = find(list, selector)
    local message, code = refusal(row, key, options)
    if message then
      return nil, message, code
    end
    keys.take(tx, tenant.id, name, key, "revoke", { now = registry:now(), policy = registry.policy.keys })
    keys.publish(tx, tenant.id, row, list)
    return keys.describe(list, name)
  end, tenant)
  change.forget(registry, tenant.id, name)
  return told, text, why
end

-- ---- for whoever runs the operator's zone

--- What the operator's zone is to hold: the keys of all tenants whose domains have CNAMEs to it. A page at a time.
-- @tparam table registry
-- @tparam[opt] table options `after`: `next` of the page before; `limit`: of keys that are gone through (1000)
-- @treturn[1] {table,...} records: `type`, `name`, `value`
-- @treturn[1] ?table what `after` is to be for the next page; nil where there is none
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.store`
function M.zone_records(registry, options)
  local limit = options and options.limit or 1000
  local after = options and options.after or { tenant_id = "", domain = "", selector = "" }
  local rows, message, code = registry.db:read(function(tx)
    return store.in_zone(tx, after, limit)
  end)
  if not rows then
    return nil, message, code
  end
  local list, last = {}, rows[limit]
  for _, row in ipairs(rows) do
    list[#list + 1] = records.in_zone(row)
  end
  return list, last and { tenant_id = last.tenant_id, domain = last.domain, selector = last.selector } or nil
end

return M
