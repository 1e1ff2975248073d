--- A registry of domains in memory for the tests of the gate: domains that are there at once, in the state that is asked for, and a
-- clock that is set.
local change = require "mailseal.onboard.change"
local domains = require "mailseal.store.domains"
local fields = require "mailseal.onboard.fields"
local gate = require "mailseal.onboard.gate"
local onboard = require "mailseal.onboard"

local M = {}

--- A registry.
-- @tparam[opt] table options `url` of the database; `health`: a policy of health
-- @treturn table with the field `moment`, what its clock shows
function M.registry(options)
  options = options or {}
  local registry
  registry = assert(onboard.open {
    db = options.url or "sqlite::memory:", policy = { health = options.health }, resolver = {},
    clock = function() return registry.moment end,
  })
  registry.moment = 1000 * 86400
  return registry
end

--- Adds a domain, verified where nothing else is said.
-- @tparam table tenant
-- @tparam string domain
-- @tparam[opt] table row other columns
function M.add(tenant, domain, row)
  local full = fields.joined({
    domain = domain, provider = "own", vars = {}, records = {}, status = "verified", status_since = 0, created_at = 0,
  }, row)
  assert(tenant.registry.db:write(function(tx) return domains.insert(tx, tenant.id, full) end))
end

--- Sets columns of a domain, as the flow does.
function M.set(tenant, domain, row)
  assert(change.change(tenant, domain, function(tx, _, now)
    domains.update(tx, tenant.id, domain, row)
    if row.status == "verified" then gate.verified(tx, tenant.registry, tenant.id, domain, now) end
  end))
end

--- The events of a domain: their kinds, and the events.
function M.events(tenant, domain)
  local kinds, list = {}, assert(tenant:events { domain = domain, limit = 1000 })
  for i, event in ipairs(list) do kinds[i] = event.kind end
  return kinds, list
end

return M
