--- Who uses a domain: sequences, scheduled sends, whatever the product calls them.
-- @module mailseal.store.uses
local M = {}

--- Notes that somebody uses a domain.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam string user
-- @tparam number now seconds since 1970
-- @treturn boolean whether that was not known
function M.add(tx, tenant, domain, user, now)
  return tx:run([[
    INSERT INTO uses (tenant_id, domain, used_by, since) VALUES (?, ?, ?, ?)
    ON CONFLICT (tenant_id, domain, used_by) DO NOTHING]], tenant, domain, user, now) > 0
end

--- Notes that somebody uses it no more.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam string user
-- @treturn boolean whether he did
function M.remove(tx, tenant, domain, user)
  return tx:run("DELETE FROM uses WHERE tenant_id = ? AND domain = ? AND used_by = ?", tenant, domain, user) > 0
end

--- Who uses a domain, in the order of their names.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam number limit how many at most
-- @treturn {string,...}
function M.list(tx, tenant, domain, limit)
  local users = {}
  for i, row in ipairs(tx:rows([[
    SELECT used_by FROM uses WHERE tenant_id = ? AND domain = ? ORDER BY used_by LIMIT ?]], tenant, domain, limit)) do
    users[i] = row.used_by
  end
  return users
end

--- How many use a domain.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @treturn number
function M.count(tx, tenant, domain)
  return tx:row("SELECT COUNT(*) AS n FROM uses WHERE tenant_id = ? AND domain = ?", tenant, domain).n
end

return M
