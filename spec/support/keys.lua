--- A registry for the tests of keys: domains whose keys are ours, a zone that is changed as its owner would, a clock that is set.
-- Keys are of Ed25519, which are made at once.
local decide = require "mailseal.onboard.decide"
local decisions = require "mailseal.onboard.decisions"
local dns = require "mailseal.dns"
local domains = require "mailseal.store.domains"
local events = require "mailseal.store.events"
local fields = require "mailseal.onboard.fields"
local health_rules = require "mailseal.onboard.health_rules"
local keys = require "mailseal.onboard.keys"
local life = require "mailseal.onboard.key_life"
local loaded_keys = require "mailseal.onboard.loaded_keys"
local key_steps = require "mailseal.onboard.key_steps"
local rotation = require "mailseal.onboard.rotation"
local seal = require "mailseal.core".seal
local signer = require "mailseal.onboard.signer"
local store = require "mailseal.store"
local zones = require "spec.support.zones"

local M = {}

local Tenant = {}
Tenant.__index = Tenant
for _, module in ipairs { decide, keys, rotation, signer } do
  for name, method in pairs(module.methods) do Tenant[name] = method end
end

local Registry = {}
Registry.__index = Registry
function Registry:now() return self.moment end
function Registry:resolver() return self.asked end
function Registry:perform(module, step, ...) return require("mailseal.onboard." .. module).steps[step](self, ...) end
function Registry.changed() end
function Registry:tenant(id) return setmetatable({ registry = self, id = id }, Tenant) end

-- The master key of all tests.
local MASTER = ("\5"):rep(32)

--- The policy: as it is, but for keys that cost nothing.
function M.policy(given)
  return life.policy(fields.joined({ type = "ed25519" }, given))
end

--- A registry.
-- @tparam[opt] table options `db`: the URL of a database; `policy`: numbers of `mailseal.onboard.key_life`; `master`: 32 octets;
--   `moment`: what its clock shows
function M.registry(options)
  options = options or {}
  local self = setmetatable({
    moment = options.moment or 1000 * 86400, policy = { health = health_rules.policy(), keys = M.policy(options.policy) },
    master_key = seal.key(options.master or MASTER),
  }, Registry)
  self.db = assert(store.open(options.db or "sqlite::memory:"))
  self.loaded_keys = loaded_keys.new(self.policy.keys.loaded)
  self.decisions = decisions.new { now = function() return self.moment end }
  M.serve(self)
  return self
end

--- What DNS has from now on, beside example.com and its name servers: two of them, where nothing else is said.
-- @tparam table registry
-- @tparam[opt] table added records by name
-- @tparam[opt] number servers
function M.serve(registry, added, servers)
  registry.asked = assert(dns.resolver { zone = zones.served_by(servers or 2, added), now = function() return registry.moment end })
end

--- A domain whose keys are ours, awaited; with `status = "verified"` it is verified, and its first key signs.
-- @tparam table tenant
-- @tparam string domain
-- @tparam[opt] table options `status`; `zone`: the operator's
function M.add(tenant, domain, options)
  options = options or {}
  local registry = tenant.registry
  local list = assert(keys.prepare(tenant, domain, { zone = options.zone }))
  assert(registry.db:write(function(tx)
    local row = {
      domain = domain, provider = "own", vars = {}, status = "pending", status_since = registry.moment, created_at = registry.moment,
      records = { { id = "spf", purpose = "spf" }, { id = "dkim", purpose = "dkim" }, { id = "dmarc", purpose = "dmarc" } },
    }
    assert(domains.insert(tx, tenant.id, row))
    keys.add(tx, tenant.id, domain, list, registry.moment)
    row.generation = 1
    keys.publish(tx, tenant.id, row, list)
  end))
  if options.status then
    M.set(tenant, domain, { status = options.status })
  end
end

--- Sets columns of a domain, as the flow does.
function M.set(tenant, domain, columns)
  local registry = tenant.registry
  assert(registry.db:write(function(tx)
    domains.update(tx, tenant.id, domain, columns)
    local row = domains.get(tx, tenant.id, domain)
    if columns.status == "verified" then
      keys.verified(tx, tenant.id, row, registry.moment, registry.policy.keys)
    elseif columns.status == "failed" then
      keys.drop(tx, tenant.id, row, registry.moment, registry.policy.keys)
    end
  end))
end

--- A domain's row.
function M.row(tenant, domain)
  return assert(tenant.registry.db:read(function(tx) return domains.get(tx, tenant.id, domain) end))
end

--- The events of a domain.
function M.events(tenant, domain)
  return tenant.registry.db:read(function(tx) return events.after(tx, tenant.id, 0, 1000, domain) end)
end

--- Their kinds, with the places that their keys have among all selectors told so far: "key_made 1".
function M.told(tenant, domain)
  local places, count, list = {}, 0, {}
  for i, event in ipairs(M.events(tenant, domain)) do
    local selector = event.data.selector
    if not places[selector] then
      count = count + 1
      places[selector] = count
    end
    list[i] = ("%s %d"):format(event.kind, places[selector])
  end
  return list
end

--- What a domain's owner publishes when he does all that he is told.
-- @tparam table tenant
-- @tparam string domain
-- @treturn table for @{serve}
function M.published(tenant, domain)
  local zone = {}
  for _, record in ipairs(M.row(tenant, domain).records) do
    if record.type then
      local data = record.type == "CNAME" and record.value .. "." or record.value
      zone[record.name] = { { type = record.type, data = data } }
    end
  end
  return zone
end

--- Lets time go by until nothing is to be done, everybody doing what he is told.
-- @tparam table tenant
-- @tparam string domain
-- @tparam[opt] function after called after each look; where it returns true, that is the end
-- @tparam[opt] table more what else DNS has; called for it where it is a function
function M.run(tenant, domain, after, more)
  local registry = tenant.registry
  for _ = 1, 500 do
    local zone = M.published(tenant, domain)
    for name, records in pairs(type(more) == "function" and more() or more or {}) do zone[name] = records end
    M.serve(registry, zone)
    assert(key_steps.work(registry))
    if after and after() then return end
    local next_at
    for _, key in ipairs(registry.db:read(function(tx) return require("mailseal.store.keys").of_domain(tx, tenant.id, domain) end)) do
      next_at = key.next_at and math.min(next_at or key.next_at, key.next_at) or next_at
    end
    if not next_at then return end
    registry.moment = math.max(next_at, registry.moment + 1)
  end
  error("it goes on and on")
end

return M
