--- Leases of domains that are due: whoever holds one looks at the domain, and nobody else does. What a worker does with them are steps,
-- see `perform` of `mailseal.onboard.registry`.
-- @module mailseal.onboard.leases
local store = require "mailseal.store.domains"

local M = {}
local steps = {}

--- The steps of the worker.
M.steps = steps

-- Seconds after which others may take over what was leased.
local LEASE = 900

--- The order of rows that are written together: one whoever writes, lest two wait for each other's.
-- @tparam table a `tenant_id`, `domain`
-- @tparam table b
-- @treturn boolean is it a before b?
function M.in_order(a, b)
  if a.tenant_id ~= b.tenant_id then
    return a.tenant_id < b.tenant_id
  end
  return a.domain < b.domain
end

--- Leases domains that are due.
-- @tparam table registry
-- @tparam string owner of the leases
-- @tparam number limit how many at most
-- @treturn ?{table,...} rows
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.take(registry, owner, limit)
  local now = registry:now()
  return registry.db:write(function(tx)
    return store.lease(tx, { owner = owner, now = now, ends = now + LEASE, limit = limit })
  end)
end

--- Is anything due? Asked where nothing was of late, so that idle workers only read.
-- @tparam table registry
-- @treturn ?boolean
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.is_due(registry)
  local found, message, code = registry.db:ask(function(tx) return { at = store.next_due(tx) } end)
  if not found then
    return nil, message, code
  end
  return found.at ~= nil and found.at <= registry:now()
end

--- Gives back what was leased and not looked at.
-- @tparam table registry
-- @tparam string owner of the leases
-- @tparam {table,...} rows `tenant_id`, `domain`
-- @treturn ?number how many were his still
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.give_back(registry, owner, rows)
  table.sort(rows, M.in_order)
  return registry.db:write(function(tx) return store.give_back(tx, owner, rows) end)
end

--- Gives back all that a worker has leased which is no more.
-- @tparam table registry
-- @tparam string owner of the leases
-- @treturn ?number how many there were
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.give_back_all(registry, owner)
  return registry.db:write(function(tx) return store.give_back_all(tx, owner) end)
end

return M
