--- A change of what a tenant's domain may send: in one transaction, nobody else changing it meanwhile.
-- @module mailseal.onboard.change
local domains = require "mailseal.domain"
local gates = require "mailseal.store.gates"

local M = {}

--- What is answered where a tenant has no such domain.
-- @treturn nil
-- @treturn string a message
-- @treturn string `not_found`
function M.not_found() return nil, "there is no such domain", "not_found" end

--- Raises an error in whoever called a method that is not about a name of a domain.
-- @tparam string domain what the method was given
function M.want_name(domain)
  if type(domain) ~= "string" then error("a domain's name expected, got " .. type(domain), 3) end
end

--- A domain's name as it is stored; of what cannot be one, a name that no domain has.
-- @tparam string domain as typed
-- @treturn string
function M.stored(domain)
  if type(domain) ~= "string" then error("a domain's name expected, got " .. type(domain), 3) end
  return domains.to_ascii((domain:gsub("%.$", ""))) or "-"
end

--- Forgets what this process knows of whether a domain may send, and of which key signs for it, and tells `registry.changed`: called by
-- whoever has changed anything of a domain, when that is committed.
-- @tparam table registry
-- @tparam string tenant
-- @tparam string domain as it is stored
function M.forget(registry, tenant, domain)
  registry.decisions:forget(tenant, domain)
  registry.loaded_keys:doubt(tenant, domain)
  registry.changed(tenant, domain)
end

--- Changes a domain. What was decided of it is forgotten.
-- @tparam table tenant
-- @tparam string domain
-- @tparam function fn called with the transaction, the domain's gate as of `mailseal.store.gates`, and the present moment; it may be
--   called again, as `db:write` says
-- @treturn[1] any what it returned
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`, or a code of fn's or of the store's
-- @treturn[2] ?table what fn tells besides
function M.change(tenant, domain, fn)
  local registry = tenant.registry
  local name = M.stored(domain)
  local result, message, code, more = registry.db:write(function(tx)
    local gate = gates.lock(tx, tenant.id, name)
    if not gate then return M.not_found() end
    return fn(tx, gate, registry:now())
  end, tenant)
  M.forget(registry, tenant.id, name)
  return result, message, code, more
end

return M
