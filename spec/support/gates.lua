--- A registry of domains in memory for the tests of the gate: domains that are there at once, in the state that is asked for, and a
-- clock that is set.
local change = require "mailseal.onboard.change"
local decide = require "mailseal.onboard.decide"
local decisions = require "mailseal.onboard.decisions"
local domains = require "mailseal.store.domains"
local events = require "mailseal.store.events"
local gate = require "mailseal.onboard.gate"
local health = require "mailseal.onboard.health"
local holds = require "mailseal.onboard.holds"
local removal = require "mailseal.onboard.removal"
local rules = require "mailseal.onboard.health_rules"
local store = require "mailseal.store"
local uses = require "mailseal.onboard.uses"

local M = {}

local Tenant = {}
Tenant.__index = Tenant
for _, module in ipairs { decide, gate, health, holds, removal, uses } do
  for name, method in pairs(module.methods) do Tenant[name] = method end
end

local Registry = {}
Registry.__index = Registry
function Registry:now() return self.moment end
function Registry:tenant(id) return setmetatable({ registry = self, id = id }, Tenant) end

--- A registry.
-- @tparam[opt] table options `url` of the database; `health`: a policy of health; `age` of decisions
-- @treturn table with the field `moment`, what its clock shows
function M.registry(options)
  options = options or {}
  local self = setmetatable({ moment = 1000 * 86400, policy = { health = rules.policy(options.health) } }, Registry)
  self.db = assert(store.open(options.url or "sqlite::memory:"))
  self.decisions = decisions.new { now = function() return self.moment end, age = options.age }
  return self
end

--- Adds a domain, verified where nothing else is said.
-- @tparam table tenant
-- @tparam string domain
-- @tparam[opt] table row other columns
function M.add(tenant, domain, row)
  local full = {
    domain = domain, provider = "own", vars = {}, records = {}, status = "verified", status_since = 0, created_at = 0,
  }
  for name, value in pairs(row or {}) do full[name] = value end
  assert(tenant.registry.db:write(function(tx) return domains.insert(tx, tenant.id, full) end))
end

--- Sets columns of a domain, as the flow does.
function M.set(tenant, domain, row)
  assert(change.change(tenant, domain, function(tx, _, now)
    domains.update(tx, tenant.id, domain, row)
    if row.status == "verified" then gate.open(tx, tenant.id, domain, now) end
  end))
end

--- The events of a domain: their kinds, and the events.
function M.events(tenant, domain)
  local kinds = {}
  local list = assert(tenant.registry.db:read(function(tx) return events.after(tx, tenant.id, 0, 10000, domain) end))
  for i, event in ipairs(list) do kinds[i] = event.kind end
  return kinds, list
end

return M
