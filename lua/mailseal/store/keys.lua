--- The table keys: those that sign for the domains of a tenant, and names at which there is none now.
--
-- The private half stands there sealed (`mailseal.onboard.keys`), and @{sealed} alone reads it. One key of a domain is active, at most:
-- a unique index sees to it. Where a key's place is in the operator's zone, whatever changes it has that name looked at.
-- @module mailseal.store.keys
local zone_names = require "mailseal.store.zone_names"

local M = {}

local COLUMNS = "selector, version, type, bits, public, state, state_since, wait_until, ttl, target, next_at, created_at"

local OF_DOMAIN = "SELECT " .. COLUMNS .. " FROM keys WHERE tenant_id = ? AND domain = ? ORDER BY created_at, selector"
local ACTIVE = "SELECT selector, version FROM keys WHERE tenant_id = ? AND domain = ? AND state = 'active'"
local SEALED = "SELECT sealed, public FROM keys WHERE tenant_id = ? AND domain = ? AND selector = ? AND version = ?"
local INSERT = [[INSERT INTO keys (tenant_id, domain, selector, version, type, bits, public, sealed, state, state_since, wait_until,
  ttl, target, next_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]]
local REFILL = [[UPDATE keys SET version = ?, type = ?, bits = ?, public = ?, sealed = ?, state = ?, state_since = ?, wait_until = ?,
  ttl = ?, next_at = ? WHERE tenant_id = ? AND domain = ? AND selector = ? AND version = ? AND state = ?]]
local CHANGE = [[UPDATE keys SET state = ?, state_since = ?, wait_until = ?, ttl = ?, next_at = ?
  WHERE tenant_id = ? AND domain = ? AND selector = ? AND version = ? AND state = ?]]
local ERASE = "UPDATE keys SET sealed = NULL WHERE tenant_id = ? AND domain = ? AND selector = ? AND version = ?"

--- The keys of a domain, the oldest first, without what is sealed.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @treturn {table,...} `selector`, `version`, `type`, `bits`, `public` (as p= has it), `state`, `state_since`, `wait_until`, `ttl`,
--   `target`, `next_at`, `created_at`
function M.of_domain(tx, tenant, domain)
  return tx:rows(OF_DOMAIN, tenant, domain)
end

--- The key that signs for a domain.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @treturn ?table `selector`, `version`; nil where none does
function M.active(tx, tenant, domain)
  return tx:row(ACTIVE, tenant, domain)
end

--- A private key, sealed.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam string selector
-- @tparam number version
-- @treturn ?table `sealed` (nil where it was erased), `public`; nil where there is no such key
function M.sealed(tx, tenant, domain, selector, version)
  return tx:row(SEALED, tenant, domain, selector, version)
end

--- Adds a key, or a name without one.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam table key as @{of_domain} returns it, with `sealed`
function M.insert(tx, tenant, domain, key)
  tx:run(INSERT, tenant, domain, key.selector, key.version, key.type, key.bits, key.public, key.sealed, key.state, key.state_since,
    key.wait_until, key.ttl, key.target, key.next_at, key.created_at)
  if key.target and key.state ~= "idle" then zone_names.wake(tx, tenant, domain, key.target) end
end

--- Puts a new key in the place of one that is no more.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam table before the key there, as it was read
-- @tparam table key as of @{insert}, with that selector
-- @treturn boolean was it done? Not where what is there is another by now
function M.refill(tx, tenant, domain, before, key)
  local done = tx:run(REFILL, key.version, key.type, key.bits, key.public, key.sealed, key.state, key.state_since, key.wait_until, key.ttl,
    key.next_at, tenant, domain, before.selector, before.version, before.state) == 1
  if done and before.target then zone_names.wake(tx, tenant, domain, before.target) end
  return done
end

--- Changes what becomes of a key.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam table before the key as it was read
-- @tparam table after `state`, `state_since`, `wait_until`, `ttl`, `next_at` as they are to be; with `erase`, its private half is erased
-- @treturn boolean was it done? Not where it is in another state by now
function M.change(tx, tenant, domain, before, after)
  local changed = tx:run(CHANGE, after.state, after.state_since, after.wait_until, after.ttl, after.next_at, tenant, domain,
    before.selector, before.version, before.state)
  if changed == 1 and after.erase then
    tx:run(ERASE, tenant, domain, before.selector, before.version)
  end
  if changed == 1 and before.target and before.state ~= after.state then zone_names.wake(tx, tenant, domain, before.target) end
  return changed == 1
end

--- Has those keys of a domain looked at now whose records are awaited, or are to be gone: they were just written.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam number now
function M.hurry(tx, tenant, domain, now)
  tx:run("UPDATE keys SET next_at = ? WHERE tenant_id = ? AND domain = ? AND state IN ('awaited', 'revoked') AND next_at > ?", now, tenant,
    domain, now)
end

-- ---- for whoever runs the whole, across tenants

local IS_DUE = "SELECT 1 FROM keys WHERE next_at <= ? LIMIT 1"
-- Named once, as in `mailseal.store.domains`: PostgreSQL might else run the subquery again and again, and take up more each time.
local DUE = [[WITH due AS MATERIALIZED (
    SELECT tenant_id AS whose, domain AS which, selector AS what FROM keys WHERE next_at <= ? ORDER BY next_at LIMIT ?%s)
  UPDATE keys SET next_at = ? WHERE (tenant_id, domain, selector) IN (SELECT whose, which, what FROM due)
  RETURNING tenant_id, domain]]

--- Is any key due? Asked before, so that who finds none keeps nobody from writing.
-- @tparam table tx
-- @tparam number now
-- @treturn boolean
function M.is_due(tx, now)
  return tx:row(IS_DUE, now) ~= nil
end

--- Takes keys up that are due. They are due again at `ends`, unless somebody has looked at them until then and set another time.
-- @tparam table tx
-- @tparam table lease `now`, `ends`: seconds since 1970; `limit`
-- @treturn {table,...} `tenant_id` and `domain`, once each
function M.lease(tx, lease)
  local seen, list = {}, {}
  for _, row in ipairs(tx:rows(DUE:format(tx.connection.driver.skip_locked), lease.now, lease.limit, lease.ends)) do
    local name = #row.tenant_id .. ":" .. row.tenant_id .. row.domain
    if not seen[name] then
      list[#list + 1], seen[name] = row, true
    end
  end
  return list
end

local AFTER = "SELECT tenant_id, domain, " .. COLUMNS .. [[ FROM keys
  WHERE target IS NOT NULL AND (tenant_id, domain, selector) > (?, ?, ?) ORDER BY tenant_id, domain, selector LIMIT ?]]

--- Keys of all tenants whose place is in the operator's zone.
-- @tparam table tx
-- @tparam table after `tenant_id`, `domain`, `selector`: those behind it; empty strings for the first
-- @tparam number limit
-- @treturn {table,...} as of @{of_domain}, with `tenant_id` and `domain`
function M.in_zone(tx, after, limit)
  return tx:rows(AFTER, after.tenant_id, after.domain, after.selector, limit)
end

return M
