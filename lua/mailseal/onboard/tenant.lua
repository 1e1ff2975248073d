--- A tenant: what there is to do with his domains. The methods are those of the modules named here, each of which has them in
-- `methods`, as functions that take the tenant first.
-- @module mailseal.onboard.tenant
local M = {}

local Tenant = { __name = "mailseal.onboard.tenant" }
Tenant.__index = Tenant

local modules = { "creation", "decide", "domains", "export", "gate", "health", "holds", "keys", "removal", "rotation", "signer", "uses" }

for _, name in ipairs(modules) do
  for method, fn in pairs(require("mailseal.onboard." .. name).methods) do
    if Tenant[method] then
      error(("a tenant has two methods \"%s\""):format(method))
    end
    Tenant[method] = fn
  end
end

--- Makes a tenant.
-- @tparam table registry
-- @tparam string id
-- @treturn table `registry`, `id`, and the methods
function M.new(registry, id)
  return setmetatable({ registry = registry, id = id }, Tenant)
end

return M
