--- Deliveries, bounces and complaints of a domain, counted by the hour.
-- @module mailseal.store.health
local M = {}

-- Later than any moment.
local LATEST = 2 ^ 53

--- Adds to the counts of an hour.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam number bucket the moment at which the hour began
-- @tparam table counts `delivered`, `bounced`, `complained`, `released` (held mail that was let go); what is nil is none
function M.add(tx, tenant, domain, bucket, counts)
  tx:run([[
    INSERT INTO health (tenant_id, domain, bucket, delivered, bounced, complained, released) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (tenant_id, domain, bucket) DO UPDATE SET
      delivered = health.delivered + excluded.delivered, bounced = health.bounced + excluded.bounced,
      complained = health.complained + excluded.complained, released = health.released + excluded.released]],
    tenant, domain, bucket, counts.delivered or 0, counts.bounced or 0, counts.complained or 0, counts.released or 0)
end

--- The sums of the hours from one on.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam number first the moment at which the first of them began
-- @tparam[opt] number last and the last; without it, all there are
-- @treturn table `delivered`, `bounced`, `complained`, `released`
function M.sum(tx, tenant, domain, first, last)
  return tx:row([[
    SELECT COALESCE(SUM(delivered), 0) AS delivered, COALESCE(SUM(bounced), 0) AS bounced,
      COALESCE(SUM(complained), 0) AS complained, COALESCE(SUM(released), 0) AS released
    FROM health WHERE tenant_id = ? AND domain = ? AND bucket >= ? AND bucket <= ?]], tenant, domain, first, last or LATEST)
end

-- Whole numbers divided are whole numbers in both databases.
local SERIES = [[
  SELECT (CAST(bucket AS BIGINT) - CAST(? AS BIGINT)) / CAST(? AS BIGINT) AS slot, SUM(delivered) AS delivered,
    SUM(bounced) AS bounced, SUM(complained) AS complained
  FROM health WHERE tenant_id = ? AND domain = ? AND bucket >= ? AND bucket < ? GROUP BY 1 ORDER BY 1]]

--- The sums of spans of time that follow on each other.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam number first the moment at which the first of them began
-- @tparam number step how long each is, in seconds
-- @tparam number count how many
-- @treturn {table,...} of those in which anything was reported: `slot` (0 for the first), `delivered`, `bounced`, `complained`
function M.series(tx, tenant, domain, first, step, count)
  return tx:rows(SERIES, first, step, tenant, domain, first, first + step * count)
end

--- Forgets the hours before one, or all of them.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam[opt] number first the moment at which the first that stays began; without it, none stays
-- @treturn number how many
function M.forget(tx, tenant, domain, first)
  return tx:run("DELETE FROM health WHERE tenant_id = ? AND domain = ? AND bucket < ?", tenant, domain, first or LATEST)
end

return M
