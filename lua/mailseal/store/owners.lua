--- The table owners: which tenant has proven a domain to be his. One at a time has, for the domain is the key.
--
-- It is the only table that no tenant leads, and is spread by its domain. What happens to it at once from two sides is decided by the
-- key and by conditions, not by locks: so it holds on every level of isolation that lets nobody see what is not committed.
-- @module mailseal.store.owners
local M = {}

local ADD = "INSERT INTO owners (domain, tenant_id, since) VALUES (?, ?, ?) ON CONFLICT (domain) DO NOTHING"
local OF = "SELECT tenant_id, since FROM owners WHERE domain = ?"
local REPLACE = "UPDATE owners SET tenant_id = ?, since = ? WHERE domain = ? AND tenant_id = ? AND since = ?"
local REMOVE = "DELETE FROM owners WHERE tenant_id = ? AND domain = ?"

--- Whose a domain is. What is read here is for deciding, never for showing it to another tenant.
-- @tparam table tx
-- @tparam string domain
-- @treturn ?table `tenant_id` and `since`, seconds since 1970; nil where nobody owns it
function M.of(tx, domain)
  return tx:row(OF, domain)
end

--- Makes a tenant the owner of what nobody owns.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam number now seconds since 1970
-- @treturn boolean false where somebody owns it
function M.add(tx, tenant, domain, now)
  return tx:run(ADD, domain, tenant, now) == 1
end

--- Makes a tenant the owner in another's place.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam table former as of @{of}
-- @tparam number now seconds since 1970
-- @treturn boolean false where that one is the owner no more
function M.replace(tx, tenant, domain, former, now)
  return tx:run(REPLACE, tenant, now, domain, former.tenant_id, former.since) == 1
end

--- Makes a tenant the owner no more.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @treturn boolean was he?
function M.remove(tx, tenant, domain)
  return tx:run(REMOVE, tenant, domain) == 1
end

return M
