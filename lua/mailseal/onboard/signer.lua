--- Signing for a tenant's domain, with whichever key signs just now.
--
-- A loaded key is kept, and a bounded number of them. Whether it is the right one still, the database is asked every two seconds in
-- which something is signed (`fresh` of the policy): so a switch, a revocation or a domain that may send no more is noticed in all
-- processes within that time, by signers that were made before, too. The process that has made such a change notices it at once.
--
-- There is no signer for a domain whose mail is to be refused or held, and the code is that of `tenant:decide`. One that is throttled
-- signs. Where that says "send", and the keys are ours, there is a signer.
-- @module mailseal.onboard.signer
local change = require "mailseal.onboard.change"
local decide = require "mailseal.onboard.decide"
local dkim = require "mailseal.dkim"
local fields = require "mailseal.onboard.fields"
local gates = require "mailseal.store.gates"
local keys = require "mailseal.onboard.keys"
local missing = require "mailseal.onboard.master_key".missing
local store = require "mailseal.store.keys"

local M = {}
local methods, steps = {}, {}

--- The methods of a tenant that are defined here; and a step, see `perform` of `mailseal.onboard.registry`.
M.methods = methods
M.steps = steps

-- ---- the key that signs

-- What the database says: the key that signs, and where it is another than the one known, what is sealed of it.
local function ask(tx, tenant, name, known)
  local gate = gates.get(tx, tenant.id, name)
  local verdict, code, text = decide.judge(gate, 0, tenant.registry.policy.health)
  if verdict ~= "send" then
    return nil, text, code
  end
  local active = store.active(tx, tenant.id, name)
  if not active then
    return nil, "the keys of this domain are its provider's: it is he who signs", "not_applicable"
  elseif known and known.selector == active.selector and known.version == active.version then
    return known
  end
  local kept = store.sealed(tx, tenant.id, name, active.selector, active.version)
  return { selector = active.selector, version = active.version, sealed = kept.sealed, public = kept.public }
end

-- Opens what is sealed. What opens but is another key than the row says was put there by somebody else.
local function open(tenant, name, found)
  local master_key = tenant.registry.master_key
  if not master_key then
    return missing()
  elseif not found.sealed then
    return nil, ("the private key of %s is no more"):format(found.selector), "no_key"
  end
  local key, message, code = master_key:open_key(found.sealed, keys.place(tenant.id, name, found.selector, found.version))
  if key and key:public() ~= found.public then
    key, message, code = nil, "the seal holds another key than its row says", "seal_broken"
  end
  if not key then
    return nil, ("the private key of %s cannot be used: %s"):format(found.selector, message), code
  end
  return { selector = found.selector, version = found.version, key = key }
end

-- The key that signs for a domain: `key`, `selector`, `version`.
local function resolve(tenant, name)
  local registry = tenant.registry
  local loaded, now = registry.loaded_keys, registry:now()
  local entry = loaded:get(tenant.id, name)
  local age = entry and entry.asked_at and now - entry.asked_at
  if age and age >= 0 and age < registry.policy.keys.fresh then
    return entry
  end
  local found, message, code = registry.db:read(function(tx)
    return ask(tx, tenant, name, entry)
  end)
  if found and found ~= entry then
    found, message, code = open(tenant, name, found)
  end
  if not found then
    loaded:forget(tenant.id, name)
    return nil, message, code
  end
  found.asked_at = now
  if found ~= entry then
    loaded:put(tenant.id, name, found)
  end
  return found
end

-- ---- signers

local Signer = { __name = "mailseal.onboard.signer" }
Signer.__index = Signer

-- The signer with the key of now, made anew where that is another.
local function current(self)
  local found, message, code = resolve(self.tenant, self.domain)
  if not found then
    return nil, message, code
  elseif self.made_with ~= found.key then
    local made
    made, message, code = dkim.signer(fields.joined({ domain = self.domain, selector = found.selector, key = found.key }, self.options))
    if not made then
      return nil, message, code
    end
    self.signer, self.made_with = made, found.key
  end
  return self.signer
end

--- Signs a message. See `sign` of `mailseal.dkim`'s signer.
-- @tparam string message
-- @tparam[opt] table options as there
-- @treturn ?string the header field; what else is returned is as there
-- @treturn ?string what went wrong
-- @treturn ?string as there, or as of `tenant:signer`
function Signer:sign(message, options)
  local signer, text, code = current(self)
  if not signer then
    return nil, text, code
  end
  return signer:sign(message, options)
end

--- Signs a message that comes in pieces. See `stream` of `mailseal.dkim`'s signer.
-- @tparam[opt] table options as there
-- @treturn ?table a stream, which signs with the key of now
-- @treturn ?string what went wrong
-- @treturn ?string as there, or as of `tenant:signer`
function Signer:stream(options)
  local signer, text, code = current(self)
  if not signer then
    return nil, text, code
  end
  return signer:stream(options)
end

local fixed = { domain = true, selector = true, key = true, signatures = true }

--- A signer for a domain. It may be kept: it signs with whichever key is the domain's when it is asked to, and says so where there is
-- none any more.
-- @tparam table tenant
-- @tparam string domain
-- @tparam[opt] table options of `mailseal.dkim.signer`, but for `domain`, `selector`, `key` and `signatures`
-- @treturn[1] table with `sign` and `stream`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`, `not_verified`, `failed`, `taken_over`, `disabled`, `suspended`, `no_key` (it was revoked), as of
--   `tenant:decide`; `not_applicable` (the keys are the provider's, and it is he who signs); `no_master_key`; `seal_broken`,
--   `seal_malformed` (the row was tampered with); a code of `mailseal.dkim` or `mailseal.store`
-- @raise where an option is none
function methods.signer(tenant, domain, options)
  if options ~= nil and type(options) ~= "table" then
    error("tenant:signer wants a table of options", 2)
  end
  for name in pairs(options or {}) do
    if fixed[name] then
      error(("tenant:signer has an option \"%s\" of its own"):format(name), 2)
    end
  end
  local self = setmetatable({ tenant = tenant, domain = change.stored(domain), options = options or {} }, Signer)
  local signer, message, code = current(self)
  if not signer then
    return nil, message, code
  end
  return self
end

-- The signer that all have in common who want nothing but the ordinary: it is kept with the loaded key.
local function common(tenant, domain)
  local name = change.stored(domain)
  local found, message, code = resolve(tenant, name)
  if not found then
    return nil, message, code
  elseif not found.signer then
    found.signer, message, code = dkim.signer { domain = name, selector = found.selector, key = found.key }
  end
  return found.signer, message, code
end

--- Signs a message that is at hand.
-- @tparam table tenant
-- @tparam string domain
-- @tparam string message
-- @tparam[opt] table options of @{signer}, and `now`: seconds since 1970, for t= and x=
-- @treturn[1] string the header field; what else is returned is as of `sign` of `mailseal.dkim`'s signer
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string as of @{signer}, or as there
-- @raise where an option is none
function methods.sign(tenant, domain, message, options)
  if type(message) ~= "string" then
    error("tenant:sign wants a message, a string", 2)
  end
  local given = fields.joined(options or {})
  given.now = nil
  local signer, text, code
  if next(given) == nil then
    signer, text, code = common(tenant, domain)
  else
    signer, text, code = methods.signer(tenant, domain, given)
  end
  if not signer then
    return nil, text, code
  end
  return signer:sign(message, { now = options and options.now })
end

--- The same, where others make changes of which this process does not hear, but knows that there were some.
-- @tparam table registry
-- @tparam string id the tenant's
-- @tparam string domain as it is stored
-- @tparam string message
-- @tparam ?table options
-- @tparam any mark another one than at the last call where something of the domain may have changed
-- @treturn ?string as of @{methods.sign}
-- @treturn ?string
-- @treturn ?string
function steps.sign(registry, id, domain, message, options, mark)
  registry.loaded_keys:expect(id, domain, mark)
  return methods.sign(registry:tenant(id), domain, message, options)
end

return M
