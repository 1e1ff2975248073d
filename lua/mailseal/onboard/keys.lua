--- The keys that sign for a tenant's domains: made here, sealed under the master key, and never told.
--
-- A private key is sealed for its place: the tenant, the domain, the selector and its version there. In the row of another domain, of
-- another tenant or of a later key it does not open. It is erased when the key is revoked or dropped: what was given up is not enabled
-- again, by nobody.
--
-- A selector is drawn by chance, for each domain anew: after a domain was given up and is created again, its keys stand at other names.
-- @module mailseal.onboard.keys
local accesses = require "mailseal.store.accesses"
local domains = require "mailseal.store.domains"
local events = require "mailseal.store.events"
local fields = require "mailseal.onboard.fields"
local key = require "mailseal.key"
local letters = require "mailseal.onboard.letters"
local life = require "mailseal.onboard.key_life"
local domain_names = require "mailseal.domain"
local names = require "mailseal.onboard.change"
local master_key = require "mailseal.onboard.master_key"
local ownership = require "mailseal.onboard.ownership"
local records = require "mailseal.onboard.key_records"
local store = require "mailseal.store.keys"

local M = {}
local methods = {}

--- The methods of a tenant that are defined here.
M.methods = methods

-- ---- making

--- What a private key is sealed for: no two places have the same text.
-- @tparam string tenant
-- @tparam string domain
-- @tparam string selector
-- @tparam number version
-- @treturn string
function M.place(tenant, domain, selector, version)
  local parts = {}
  for i, part in ipairs { tenant, domain, selector, ("%d"):format(version) } do
    parts[i] = #part .. ":" .. part
  end
  return table.concat(parts)
end

--- Makes a key for a place. It takes a tenth of a second, so it is not for a transaction.
-- @tparam table tenant
-- @tparam string domain in A-labels
-- @tparam[opt] table slot where it goes: `selector`, `version` and `ttl` of the key there before, `target`, `created_at`; a new place
--   without it
-- @tparam[opt] table options `type` and `bits`, as of `mailseal.key.generate`
-- @treturn[1] table as of `mailseal.store.keys.insert`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `no_master_key`; a code of `mailseal.key.generate`
function M.make(tenant, domain, slot, options)
  local registry = tenant.registry
  local now, policy = registry:now(), registry.policy.keys
  if not registry.master_key then
    return master_key.missing()
  end
  local kind = options and options.type or policy.type
  local made, message, code = key.generate { type = kind, bits = kind == "rsa" and (options and options.bits or policy.bits) or nil }
  if not made then
    return nil, message, code
  end
  local selector, version = slot and slot.selector or "ms" .. letters.new(10), slot and slot.version + 1 or 1
  local sealed
  sealed, message, code = registry.master_key:seal_key(made, M.place(tenant.id, domain, selector, version))
  if not sealed then
    return nil, message, code
  end
  return {
    selector = selector, version = version, type = made:type(), bits = made:bits(), public = made:public(), sealed = sealed,
    state = "awaited", state_since = now, target = slot and slot.target, ttl = slot and slot.ttl,
    created_at = slot and slot.created_at or now,
  }
end

-- A name in the operator's zone, which nobody can guess.
local function new_target(zone)
  return letters.new(32) .. "." .. zone
end

--- Makes what a new domain begins with: a key; and with `zone` a second name, at which the next one is going to be.
-- @tparam table tenant
-- @tparam string domain in A-labels
-- @tparam[opt] table options `type`, `bits` of the key; `zone`: the operator's, in A-labels, for keys that stand there
-- @treturn[1] {table,...} for @{add}
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string as of @{make}
function M.prepare(tenant, domain, options)
  local zone, now = options and options.zone, tenant.registry:now()
  local slot = zone and { selector = "ms" .. letters.new(10), version = 0, target = new_target(zone), created_at = now }
  local made, message, code = M.make(tenant, domain, slot, options)
  if not made then
    return nil, message, code
  end
  local list = { made }
  if zone then
    list[2] = {
      selector = "ms" .. letters.new(10), version = 0, type = "", bits = 0, public = "", state = "idle", state_since = now,
      target = new_target(zone), created_at = now,
    }
  end
  return list
end

--- A rule's records with those of the keys that were made for it.
-- @tparam {table,...} list as of `provider.records`
-- @tparam table own as of @{of_rule}
-- @tparam string domain
-- @treturn {table,...}
function M.placed(list, own, domain)
  return own.list and records.place(list, own.list, domain) or list
end

--- Makes what a domain begins with whose provider's rule wants its keys made here.
-- @tparam table tenant
-- @tparam table rule of `mailseal.provider`
-- @tparam string domain in A-labels
-- @tparam ?table vars those of the domain; `cname_zone` is the operator's zone, for keys that stand there
-- @treturn[1] table `vars` for `provider.records`, and `list` for @{add}; nil for a rule whose keys are the provider's, and then `vars`
--   are as they were
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string as of @{make}
function M.of_rule(tenant, rule, domain, vars)
  vars = vars or {}
  if rule.generates ~= "key" then
    return { vars = vars }
  end
  local zone = type(vars.cname_zone) == "string" and (domain_names.to_ascii((vars.cname_zone:gsub("%.$", ""))) or vars.cname_zone) or nil
  local list, message, code = M.prepare(tenant, domain, { zone = zone })
  if not list then
    return nil, message, code
  end
  local all = fields.joined(vars)
  all.selector = list[1].selector
  if zone then
    all.cname_label = list[1].target:match "^[^.]+"
  else
    all.key_record = records.text(list[1])
  end
  return { vars = all, list = list }
end

-- ---- in other people's transactions

--- What is told of a key in events: nothing that is secret.
-- @tparam table one
-- @tparam[opt] table more fields to add
-- @treturn table
function M.told(one, more)
  return fields.joined({ selector = one.selector, version = one.version, type = one.type, bits = one.bits }, more)
end

--- Adds what a domain begins with, or begins anew, in the transaction in which it does.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam ?{table,...} list as of @{prepare}
-- @tparam number now
-- @tparam[opt] table row the domain's, where its records are not these keys' yet
function M.add(tx, tenant, domain, list, now, row)
  for _, one in ipairs(list or {}) do
    store.insert(tx, tenant, domain, one)
    if one.state ~= "idle" then
      events.add(tx, tenant, domain, "key_made", M.told(one), { at = now })
    end
  end
  if row then
    M.publish(tx, tenant, row, list)
  end
end

--- Takes a step with a key, where there is one.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam table one the key, which is changed
-- @tparam string input what happens, see `mailseal.onboard.key_life`
-- @tparam table how `now`, `policy`; `look`: what was seen; `data`: fields for the event
-- @treturn boolean did anything change?
function M.take(tx, tenant, domain, one, input, how)
  local change, step = life.step(one, input, how.now, how.policy, how.look)
  if not change then
    return false
  end
  change.state_since, change.ttl = how.now, one.ttl
  change.next_at = life.next_at(change, how.now, nil, how.policy)
  if not store.change(tx, tenant, domain, one, change) then
    return false
  end
  if step.event then
    events.add(tx, tenant, domain, step.event, M.told(one, how.data), { at = how.now })
  end
  for _, field in ipairs { "state", "state_since", "wait_until", "ttl", "next_at" } do
    one[field] = change[field]
  end
  return true
end

-- Of a report, what is about records that there are.
local function report_of(report, list)
  if not report or not report.records then
    return report
  end
  local kept, seen = fields.joined(report), {}
  for _, record in ipairs(list) do
    seen[record.id] = report.records[record.id]
  end
  seen[ownership.ID] = report.records[ownership.ID]
  kept.records = seen
  return kept
end

--- Puts the records of a domain's keys, as they are now, among the domain's; where access to its zones was kept, they are published by
-- `mailseal.onboard.publishing.keys`. What was seen of records that are gone is forgotten.
-- @tparam table tx
-- @tparam string tenant
-- @tparam table row the domain's, of which `records`, `generation` and `report` are changed
-- @tparam {table,...} list its keys
function M.publish(tx, tenant, row, list)
  row.records, row.generation = records.place(row.records, list, row.domain), row.generation + 1
  row.report = report_of(row.report, row.records)
  domains.update(tx, tenant, row.domain, { records = row.records, generation = row.generation, report = row.report })
  accesses.wake(tx, tenant, row.domain)
end

-- Takes a step with all keys of a domain with which there is one. What else is to be changed in the domain's row is the caller's.
local function take_all(tx, tenant, row, input, now, policy, is_enough)
  local list, changed = store.of_domain(tx, tenant, row.domain), false
  for _, one in ipairs(list) do
    if M.take(tx, tenant, row.domain, one, input, { now = now, policy = policy }) then
      changed = true
      if is_enough then
        break
      end
    end
  end
  if changed then
    M.publish(tx, tenant, row, list)
  end
  return changed
end

--- The domain is verified: where no key signs yet, the one that was awaited does. In the transaction that makes it verified.
-- @tparam table tx
-- @tparam string tenant
-- @tparam table row the domain's; its `records` may change
-- @tparam number now
-- @tparam table policy as of `mailseal.onboard.key_life`
-- @treturn boolean has a key been activated?
function M.verified(tx, tenant, row, now, policy)
  return not store.active(tx, tenant, row.domain) and take_all(tx, tenant, row, "verified", now, policy, true)
end

--- The domain is its tenant's no more, or its time is over: none of its keys is ever used again. In the transaction that says so.
-- @tparam table tx
-- @tparam string tenant
-- @tparam table row the domain's; its `records` change
-- @tparam number now
-- @tparam table policy
-- @treturn boolean were there any?
function M.drop(tx, tenant, row, now, policy)
  return take_all(tx, tenant, row, "drop", now, policy)
end

-- ---- for the tenant

local function describe(one, domain)
  if one.state == "idle" then
    return nil
  end
  return {
    selector = one.selector, name = records.name(one.selector, domain), version = one.version, type = one.type, bits = one.bits,
    state = one.state, state_since = one.state_since, wait_until = one.wait_until, text = records.text(one), target = one.target,
    created_at = one.created_at,
  }
end

--- A domain's keys as they are told.
-- @tparam {table,...} list as of `mailseal.store.keys`
-- @tparam string domain
-- @treturn {table,...} as of @{methods.keys}
function M.describe(list, domain)
  local told = {}
  for _, one in ipairs(list) do
    told[#told + 1] = describe(one, domain)
  end
  return told
end

--- The keys of a domain, the oldest first. Of a domain whose keys are its provider's there are none.
-- @tparam table tenant
-- @tparam string domain
-- @treturn[1] {table,...} `selector`, `name`, `type`, `bits`, `version`, `state` (see `mailseal.onboard.key_life`), `state_since`,
--   `wait_until` (nil where nothing is waited for), `text` (what is to be published; nil for nothing), `target` (the name in the
--   operator's zone at which that stands), `created_at`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of `mailseal.store`
function methods.keys(tenant, domain)
  local name = names.stored(domain)
  return tenant.registry.db:read(function(tx)
    if not domains.get(tx, tenant.id, name) then
      return names.not_found()
    end
    return M.describe(store.of_domain(tx, tenant.id, name), name)
  end)
end

return M
