--- The table accesses: ways into customers' zones that were kept, at their wish. What is secret of one stands there sealed, and
-- @{sealed} alone reads it.
-- @module mailseal.store.accesses
local json = require "mailseal.store.json"

local M = {}

local COLUMNS = "via, settings, kept_at, used_at, due_at, attempts, code, problem"
local LIST = "SELECT " .. COLUMNS .. " FROM accesses WHERE tenant_id = ? AND domain = ? ORDER BY kept_at, via"
local SEALED = "SELECT settings, sealed FROM accesses WHERE tenant_id = ? AND domain = ? AND via = ?"
local PUT = [[INSERT INTO accesses (tenant_id, domain, via, settings, sealed, kept_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (tenant_id, domain, via) DO UPDATE SET settings = excluded.settings, sealed = excluded.sealed,
    kept_at = excluded.kept_at, due_at = excluded.due_at, attempts = 0, code = NULL, problem = NULL]]
local WRITE = [[UPDATE accesses SET used_at = COALESCE(?, used_at), due_at = CASE WHEN due_at = ? THEN ? ELSE due_at END, attempts = ?,
  code = ?, problem = ? WHERE tenant_id = ? AND domain = ? AND via = ?]]

--- The accesses to a domain's zones, without what is secret.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @treturn {table,...} `via`, `settings`, `kept_at`, `used_at`, `due_at`, `attempts`, `code`, `problem`
function M.list(tx, tenant, domain)
  local rows = tx:rows(LIST, tenant, domain)
  for _, row in ipairs(rows) do row.settings = json.decode(row.settings) end
  return rows
end

--- An access, with what is secret, sealed.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam string via
-- @treturn ?table `settings`, `sealed`
function M.sealed(tx, tenant, domain, via)
  local row = tx:row(SEALED, tenant, domain, via)
  if row then row.settings = json.decode(row.settings) end
  return row
end

--- Keeps an access, in the place of the one that there was in that way.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam table access `via`, `settings`, `sealed`, `due_at`
-- @tparam number now
function M.put(tx, tenant, domain, access, now)
  tx:run(PUT, tenant, domain, access.via, json.encode(access.settings), access.sealed, now, access.due_at)
end

--- Notes what became of the use of one. Where it has come to be due meanwhile, it stays so.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam table access `via`, `used_at` (nil: as it was), `lease` (the time when it was to be due again, as of @{lease}), `due_at`,
--   `attempts`, `code`, `problem`
function M.write(tx, tenant, domain, access)
  tx:run(WRITE, access.used_at, access.lease, access.due_at, access.attempts or 0, access.code, access.problem, tenant, domain, access.via)
end

--- Leaves one that was taken up to who did for longer, unless it has come to be due meanwhile.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam table access `via`, `lease` (the time when it was to be due again), `ends` (the time when it is)
function M.renew(tx, tenant, domain, access)
  tx:run("UPDATE accesses SET due_at = ? WHERE tenant_id = ? AND domain = ? AND via = ? AND due_at = ?", access.ends, tenant, domain,
    access.via, access.lease)
end

--- Forgets one, or all of a domain's.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam[opt] string via all without it
-- @treturn number how many there were
function M.remove(tx, tenant, domain, via)
  if via then
    return tx:run("DELETE FROM accesses WHERE tenant_id = ? AND domain = ? AND via = ?", tenant, domain, via)
  end
  return tx:run("DELETE FROM accesses WHERE tenant_id = ? AND domain = ?", tenant, domain)
end

--- Has the records of a domain's keys looked at as soon as may be: something of the keys has changed.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
function M.wake(tx, tenant, domain)
  tx:run("UPDATE accesses SET due_at = 0, attempts = 0 WHERE tenant_id = ? AND domain = ?", tenant, domain)
end

-- ---- for whoever runs the whole, across tenants

local DUE = [[WITH due AS MATERIALIZED (
    SELECT tenant_id AS whose, domain AS which, via AS what FROM accesses WHERE due_at <= ? ORDER BY due_at LIMIT ?%s)
  UPDATE accesses SET due_at = ? WHERE (tenant_id, domain, via) IN (SELECT whose, which, what FROM due)
  RETURNING tenant_id, domain, via, attempts, code]]

--- Is any due? Asked before, so that who finds none keeps nobody from writing.
-- @tparam table tx
-- @tparam number now
-- @treturn boolean
function M.is_due(tx, now) return tx:row("SELECT 1 FROM accesses WHERE due_at <= ? LIMIT 1", now) ~= nil end

--- Takes up those that are due. They are due again at `ends`, unless whoever took them up writes another time until then.
-- @tparam table tx
-- @tparam table lease `now`, `ends`: seconds since 1970; `limit`
-- @treturn {table,...} `tenant_id`, `domain`, `via`, `attempts`, `code`
function M.lease(tx, lease)
  return tx:rows(DUE:format(tx.connection.driver.skip_locked), lease.now, lease.limit, lease.ends)
end

return M
