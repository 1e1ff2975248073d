--- What of a domain's row says whether its mail may be sent, and when that is looked at next.
--
-- The columns `enabled`, `health`, `restriction`, `last_hold` and `gate_at` are written here alone. Whoever is about to change what
-- may be sent, or what is held, takes the row first by @{lock}: so no mail comes to be held behind the back of a release.
-- @module mailseal.store.gates
local M = {}

local GET = [[
  SELECT domain, status, reason, enabled, health, restriction, last_hold, gate_at,
    CASE WHEN EXISTS (SELECT 1 FROM keys WHERE keys.tenant_id = domains.tenant_id AND keys.domain = domains.domain)
      AND NOT EXISTS (SELECT 1 FROM keys WHERE keys.tenant_id = domains.tenant_id AND keys.domain = domains.domain
        AND keys.state = 'active') THEN 1 ELSE 0 END AS keyless
  FROM domains WHERE tenant_id = ? AND domain = ?]]

local function read(row)
  if row then row.enabled, row.keyless = row.enabled ~= 0, row.keyless ~= 0 end
  return row
end

--- A domain's gate.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @treturn ?table `domain`, `status`, `reason`, `enabled`, `health`, `restriction`, `last_hold`, `gate_at`; `keyless`:
--   true where its keys are ours and none of them signs just now
function M.get(tx, tenant, domain) return read(tx:row(GET, tenant, domain)) end

--- The same, and nobody else changes the row until the transaction is over.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @treturn ?table as of @{get}
function M.lock(tx, tenant, domain) return read(tx:row(GET .. tx.for_update, tenant, domain)) end

--- Sets whether it is enabled.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam boolean enabled
function M.set_enabled(tx, tenant, domain, enabled)
  tx:run("UPDATE domains SET enabled = ? WHERE tenant_id = ? AND domain = ?", enabled, tenant, domain)
end

--- Sets its health, and what that leaves it to send.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam string health `healthy`, `warning`, `critical`
-- @tparam ?string restriction `throttled`, `suspended` or nil
function M.set_health(tx, tenant, domain, health, restriction)
  tx:run("UPDATE domains SET health = ?, restriction = ? WHERE tenant_id = ? AND domain = ?", health, restriction, tenant, domain)
end

--- Notes the last place that a held mail was given.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam number position
function M.set_last_hold(tx, tenant, domain, position)
  tx:run("UPDATE domains SET last_hold = ? WHERE tenant_id = ? AND domain = ?", position, tenant, domain)
end

--- Sets when the gate is looked at next.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam ?number moment seconds since 1970; nil: not before something happens
function M.set_next_look(tx, tenant, domain, moment)
  tx:run("UPDATE domains SET gate_at = ? WHERE tenant_id = ? AND domain = ?", moment, tenant, domain)
end

--- The gates that are to be looked at.
-- @tparam table tx
-- @tparam number now seconds since 1970
-- @tparam number limit how many at most
-- @treturn {table,...} `tenant_id`, `domain`: those that have waited longest first
function M.due(tx, now, limit)
  return tx:rows([[
    SELECT tenant_id, domain FROM domains WHERE gate_at IS NOT NULL AND gate_at <= ? ORDER BY gate_at LIMIT ?]], now, limit)
end

return M
