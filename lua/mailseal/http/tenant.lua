--- A tenant as a worker of nginx has him: the methods of `mailseal.onboard.tenant`, with the same arguments and results. What waits for
-- DNS is done in the worker, all else in a thread. Only `signer` is not there: messages are signed by `sign`.
-- @module mailseal.http.tenant
local auth = require "mailseal.http.auth"
local change = require "mailseal.onboard.change"
local provider = require "mailseal.provider"
local tenants = require "mailseal.onboard.tenant"

local M = {}
local Tenant = { __name = "mailseal.http.tenant" }
Tenant.__index = Tenant

for name, method in pairs(tenants.methods) do
  Tenant[name] = tenants.waiting[name] and method or function(tenant, ...)
    return tenant.registry:perform("tenant", "call", tenant.id, tenant.actor, name, ...)
  end
end

-- ---- what takes a processor for a while: those who only ask the database are not to wait for it

local function reckoned(name)
  return function(tenant, ...)
    return tenant.registry:reckon("tenant", "call", tenant.id, tenant.actor, name, ...)
  end
end

-- Those that may make keys.
for _, name in ipairs { "create_many", "restart", "rotate" } do
  Tenant[name] = reckoned(name)
end

local create, create_with_key = Tenant.create, reckoned "create"

--- Creates a domain: as of `mailseal.onboard.creation`. Of a provider whose rule is not known here, a key may have to be made.
-- @tparam table given
-- @tparam[opt] table once as there
-- @treturn ?table the domain
-- @treturn ?string a message; or true, as there
-- @treturn ?string as there; `busy`, `no_threads`
-- @treturn ?{table,...} as there
function Tenant:create(given, once)
  local id = type(given) == "table" and given.provider
  local rule = type(id) == "string" and provider.find(id)
  local without_key = rule and rule.generates ~= "key"
  return (without_key and create or create_with_key)(self, given, once)
end

--- Signs a message: as `tenant:sign` does, see `mailseal.onboard.signer`, in a thread of those for that.
-- @tparam table tenant
-- @tparam string domain
-- @tparam string message
-- @tparam[opt] table options plain data
-- @treturn ?string the header field, and what else `tenant:sign` returns
-- @treturn ?string what went wrong
-- @treturn ?string as there; `busy`, `no_threads`
function Tenant.sign(tenant, domain, message, options)
  local registry, name = tenant.registry, change.stored(domain)
  local mark = registry.known:mark(tenant.id, name)
  return registry:reckon("signer", "sign", tenant.id, name, message, options, mark)
end

--- There is no signer here, which would block the worker.
-- @raise
function Tenant.signer()
  error("inside nginx a message is signed by tenant:sign, in a thread", 2)
end

-- ---- what all workers know, until it changes

local revoke_token = Tenant.revoke_token

--- Revokes a token: as of `mailseal.onboard.tokens`. That is known at once, not when what is remembered of it is a second old.
-- @tparam string id
-- @treturn ?boolean true
-- @treturn ?string a message
-- @treturn ?string `no_such_token`; a code of the store
function Tenant:revoke_token(id)
  local done, message, code = revoke_token(self, id)
  if done then
    auth.revoked(ngx.shared.mailseal, id)
  end
  return done, message, code
end

--- May mail of a domain be sent just now? See `mailseal.onboard.decide`; answered from what is known, where it was asked of late.
-- @tparam table tenant
-- @tparam string domain
-- @treturn ?string `send`, `hold` or `refuse`
-- @treturn ?string a code; or a message
-- @treturn ?string a sentence; or a code of the store's, `busy`, `no_threads`
function Tenant.decide(tenant, domain)
  local known, name = tenant.registry.known, change.stored(domain)
  local decision = known:get("decision", tenant.id, name)
  if decision then
    return decision:match "^(%S+) (%S+) (.*)$"
  end
  local mark = known:mark(tenant.id, name)
  local verdict, code, text = tenant.registry:perform("tenant", "call", tenant.id, nil, "decide", name)
  -- Of what is not there nothing is kept: whoever asks for names at random is not to fill the memory.
  if verdict and code ~= "not_found" then
    known:put("decision", tenant.id, name, ("%s %s %s"):format(verdict, code, text), mark)
  end
  return verdict, code, text
end

--- Makes one.
-- @tparam table registry of `mailseal.http.registry`
-- @tparam string id printable ASCII, 1 to 200 octets
-- @tparam ?string actor as of `mailseal.onboard.tenant`
-- @treturn table
-- @raise in the name of the caller's caller, where that is no such id, or no such actor
function M.new(registry, id, actor)
  return tenants.new(registry, id, actor, Tenant)
end

return M
