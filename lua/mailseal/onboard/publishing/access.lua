--- Access to a customer's DNS host: given with a call, or kept at his wish.
--
-- What is kept is sealed under the master key, for its place: the tenant, the domain and the way. It is in no answer, no event and no log;
-- it goes with the domain.
-- @module mailseal.onboard.publishing.access
local change = require "mailseal.onboard.change"
local domains = require "mailseal.store.domains"
local events = require "mailseal.store.events"
local fields = require "mailseal.onboard.fields"
local json = require "mailseal.store.json"
local master_key = require "mailseal.onboard.master_key"
local policies = require "mailseal.onboard.publishing.policy"
local publish = require "mailseal.publish"
local store = require "mailseal.store.accesses"

local M = {}
local methods, steps = {}, {}

--- The methods of a tenant that are defined here; those that wait; and their steps, see `perform` of `mailseal.onboard.registry`.
M.methods = methods
M.waiting = { keep_access = true }
M.steps = steps

-- What an access is sealed for.
local function place(tenant, domain, via)
  local parts = { "access" }
  for i, part in ipairs { tenant, domain, via } do parts[i + 1] = #part .. ":" .. part end
  return table.concat(parts, ":")
end

--- What is answered where no access is kept in that way.
-- @treturn nil
-- @treturn string a message
-- @treturn string `no_access`
function M.none() return nil, "no access is kept in that way", "no_access" end

-- ---- on the database

--- Opens an access that was kept.
-- @tparam table registry
-- @tparam string tenant
-- @tparam string name the domain, as it is stored
-- @tparam string via
-- @treturn[1] table `settings`, `credentials`, by name
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `no_access`, `no_master_key`; a code of `mailseal.core.seal` or of `mailseal.store`
function steps.open(registry, tenant, name, via)
  local row, message, code = registry.db:read(function(tx) return { store.sealed(tx, tenant, name, via) } end)
  if not row then return nil, message, code end
  row = row[1]
  if not row then return M.none() end
  if not registry.master_key then return master_key.missing() end
  local secret
  secret, message, code = registry.master_key:open(row.sealed, place(tenant, name, via))
  if not secret then return nil, message, code end
  return { settings = row.settings, credentials = json.decode(secret) }
end

--- Keeps one.
-- @tparam table registry
-- @tparam string tenant
-- @tparam ?string actor
-- @tparam string name the domain, as it is stored
-- @tparam table access `via`, `settings`, `credentials`
-- @treturn[1] table as of @{methods.accesses}, one of them
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`, `no_master_key`; a code of `mailseal.store`
function steps.keep(registry, tenant, actor, name, access)
  if not registry.master_key then return master_key.missing() end
  local sealed, problem, why = registry.master_key:seal(json.encode(access.credentials), place(tenant, name, access.via))
  if not sealed then return nil, problem, why end
  local now = registry:now()
  return registry.db:write(function(tx)
    if not domains.get(tx, tenant, name) then return change.not_found() end
    store.put(tx, tenant, name, { via = access.via, settings = access.settings, sealed = sealed, due_at = now }, now)
    events.add(tx, tenant, name, "access_kept", { via = access.via }, { at = now })
    return { via = access.via, settings = access.settings, kept_at = now, attempts = 0 }
  end, { id = tenant, actor = actor })
end

-- ---- a way in

local function pick(options, list)
  local picked = {}
  for _, one in ipairs(list) do picked[one.name] = options[one.name] end
  return picked
end

-- What is no setting of the target's, and no option of the method's.
local function unknown_option(options, module, own)
  local known = {}
  for _, list in ipairs { module.settings, module.credentials } do
    for _, one in ipairs(list) do known[one.name] = true end
  end
  for name in pairs(options) do
    if not known[name] and not own[name] then return tostring(name) end
  end
end

--- Where a way writes to, for locks: somebody else's server of the same zone's name is another place.
-- @tparam string via
-- @tparam table settings
-- @treturn string the same for the same place
function M.scope(via, settings)
  local parts = { via }
  for _, name in ipairs { "server", "port", "endpoint" } do
    local value = settings[name]
    parts[#parts + 1] = name .. "=" .. tostring(value):lower()
  end
  return table.concat(parts, " ")
end

local function of_object(target)
  local via = target.module and target.module.id or "object"
  return {
    via = via, module = target.module or {}, scope = via, settings = {}, credentials = {}, open = function() return target end,
    close = function() end, -- it is the caller's
  }
end

--- The way into a domain's zones that a call names, with what it gives, or with what was kept.
-- @tparam table tenant
-- @tparam string name the domain, as it is stored
-- @tparam table options `via`: the id of a target, or one that is open; `fetch`; and its settings and credentials
-- @tparam table own names of other options that the method has, as keys
-- @treturn[1] table `via`, `module`, `scope` (a text, the same for the same place), `settings`, `credentials`; `open()`: a target,
--   or nil, a message and a code; `close(target)`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `no_target`, `bad_setting`, `no_master_key`; `credentials_missing`: those that are kept are for another server; a code
--   of `mailseal.store`
function M.way(tenant, name, options, own)
  if type(options.via) == "table" then return of_object(options.via) end
  local registry = tenant.registry
  local module, message, code = publish.find(options.via)
  if not module then return nil, message, code end
  local unknown = unknown_option(options, module, own)
  if unknown then return nil, ("%s has no setting \"%s\""):format(module.id, unknown), "bad_setting" end
  local way = {
    via = module.id, module = module, settings = pick(options, module.settings), credentials = pick(options, module.credentials),
  }
  if not next(way.credentials) then
    local kept
    kept, message, code = registry:perform("publishing.access", "open", tenant.id, name, module.id)
    if kept then
      local settings = fields.joined(kept.settings, way.settings)
      if M.scope(module.id, settings) ~= M.scope(module.id, kept.settings) then
        return nil, ("the access to %s that is kept is not for another server: give the credentials"):format(module.name or module.id),
          "credentials_missing"
      end
      way.settings, way.credentials, way.is_kept = settings, kept.credentials, true
    elseif code ~= "no_access" then
      return nil, message, code
    end
  end
  way.scope = M.scope(way.via, way.settings)
  function way.open()
    local resolver, text, why = registry:resolver()
    if not resolver then return nil, text, why end
    local given = fields.joined(way.settings, way.credentials)
    given.resolver, given.now = resolver, function() return registry:now() end
    given.fetch = fields.joined(policies.fetch(registry.policy.publishing), options.fetch)
    return publish.open(module.id, given)
  end
  function way.close(target) target:close() end
  return way
end

-- ---- for the tenant

local own = { via = true, fetch = true }

--- Keeps access to a domain's zones: for `tenant:plan` without credentials, and for rotations of our own keys, which then go by
-- themselves. It is tried first.
-- @tparam table tenant
-- @tparam string domain
-- @tparam table options `via`, and the settings and credentials of that way
-- @treturn[1] table as of @{methods.accesses}, one of them
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; `no_target`, `bad_setting`, `credentials_missing`, `no_master_key`; a code of `mailseal.publish.target`
--   or of `mailseal.store`
-- @treturn[2] ?table details, as of `mailseal.publish.target`
function methods.keep_access(tenant, domain, options)
  if type(options) ~= "table" or type(options.via) ~= "string" then error("tenant:keep_access wants the way, via", 2) end
  local name, registry = change.stored(domain), tenant.registry
  local row, message, code = registry:perform("domains", "load", tenant.id, name)
  if not row then return nil, message, code end
  local way
  way, message, code = M.way(tenant, name, options, own)
  if not way then return nil, message, code end
  local target
  target, message, code = way.open()
  if not target then return nil, message, code end
  local zone, details
  zone, message, code, details = target:zone_of(name)
  way.close(target)
  if not zone then return nil, message, code, details end
  return M.keep(tenant, name, way)
end

--- Keeps the access that a way has.
-- @tparam table tenant
-- @tparam string name the domain, as it is stored
-- @tparam table way as of @{way}
-- @treturn ?table as of @{methods.accesses}, one of them
-- @treturn ?string a message
-- @treturn ?string a code, as of @{methods.keep_access}
function M.keep(tenant, name, way)
  for _, list in ipairs { way.settings, way.credentials } do
    for option, value in pairs(list) do
      if type(value) == "table" or type(value) == "userdata" then
        return nil, ("access is kept as text: give %s as one"):format(option), "bad_setting"
      end
    end
  end
  return tenant.registry:perform("publishing.access", "keep", tenant.id, tenant.actor, name, {
    via = way.via, settings = way.settings, credentials = way.credentials,
  })
end

--- The accesses to a domain's zones that are kept, without what is secret of them.
-- @tparam table tenant
-- @tparam string domain
-- @treturn[1] {table,...} `via`, `settings` (by name), `kept_at`, `used_at` (the last time that it was used for our keys' records),
--   `due_at` (when it is to be), `attempts` (how often in a row that has failed), `code`, `problem` (of the last time)
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of `mailseal.store`
function methods.accesses(tenant, domain)
  local name = change.stored(domain)
  return tenant.registry.db:read(function(tx)
    if not domains.get(tx, tenant.id, name) then return change.not_found() end
    return store.list(tx, tenant.id, name)
  end)
end

--- Forgets an access.
-- @tparam table tenant
-- @tparam string domain
-- @tparam[opt] string via all of the domain's without it
-- @treturn[1] number how many were forgotten
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`, `no_access`; a code of `mailseal.store`
function methods.forget_access(tenant, domain, via)
  if via ~= nil and type(via) ~= "string" then error("tenant:forget_access: the way is a text", 2) end
  local name, now = change.stored(domain), tenant.registry:now()
  return tenant.registry.db:write(function(tx)
    if not domains.get(tx, tenant.id, name) then return change.not_found() end
    local list = store.list(tx, tenant.id, name)
    local count = store.remove(tx, tenant.id, name, via)
    if count == 0 then return M.none() end
    for _, one in ipairs(list) do
      if not via or one.via == via then events.add(tx, tenant.id, name, "access_forgotten", { via = one.via }, { at = now }) end
    end
    return count
  end, tenant)
end

return M
