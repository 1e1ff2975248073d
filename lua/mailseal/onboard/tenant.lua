--- A tenant: what there is to do with his domains. The methods are those of the modules named here, each of which has them in
-- `methods`, as functions that take the tenant first.
--
-- Those that wait for DNS are named in their module's `waiting`: of their tenant they use `id` and `actor`, and of his registry `perform`,
-- `resolver`, `now` and `policy` alone.
--
-- **Who does it**: `actor`, where it was given, stands in the events of all that is done by this tenant. Whoever writes hands the tenant
-- to `db:write`, and need not think of it any more.
-- @module mailseal.onboard.tenant
local identifier = require "mailseal.onboard.identifier"

local M = {}

local modules = {
  "creation", "decide", "deliveries", "domains", "export", "gate", "health", "holds", "keys", "publishing", "publishing.access", "removal",
  "rotation", "signer", "tokens", "uses", "webhooks",
}

--- All methods, by name.
M.methods = {}

--- The names of those that wait for DNS, each true.
M.waiting = {}

--- Steps: see `perform` of `mailseal.onboard.registry`.
M.steps = {}

for _, name in ipairs(modules) do
  local module = require("mailseal.onboard." .. name)
  for method, fn in pairs(module.methods) do
    if M.methods[method] then
      error(("a tenant has two methods \"%s\""):format(method))
    end
    M.methods[method] = fn
  end
  for method in pairs(module.waiting or {}) do
    M.waiting[method] = true
  end
end

local Tenant = { __name = "mailseal.onboard.tenant", __index = M.methods }

--- Makes a tenant.
-- @tparam table registry
-- @tparam string id printable ASCII, 1 to 200 octets
-- @tparam ?string actor who does it, for the events: a text of up to 255 octets
-- @tparam[opt] table class the metatable; without it that of a tenant with the methods as they are
-- @treturn table `registry`, `id`, `actor`, and the methods
-- @raise in the name of the caller's caller, where that is no such id, or no such actor
function M.new(registry, id, actor, class)
  if type(id) ~= "string" or not id:find "^[!-~]+$" or #id > 200 then
    error("a tenant's id is 1 to 200 printable ASCII characters", 3)
  end
  if actor ~= nil then
    local ok, message = identifier.check(actor, "an actor")
    if not ok then
      error(message, 3)
    end
  end
  return setmetatable({ registry = registry, id = id, actor = actor }, class or Tenant)
end

--- Calls a method that does not wait for DNS.
-- @tparam table registry
-- @tparam string id of the tenant
-- @tparam ?string actor
-- @tparam string method
-- @tparam any ... its arguments
-- @treturn any what it returns
function M.steps.call(registry, id, actor, method, ...)
  return M.methods[method](M.new(registry, id, actor), ...)
end

return M
