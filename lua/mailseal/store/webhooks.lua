--- The table webhooks: where a tenant wants his events sent to. What is to be sent is in `mailseal.store.deliveries`.
--
-- Whoever changes a webhook's row, or what is to be delivered by it, has locked the row first (@{lock}).
-- @module mailseal.store.webhooks
local json = require "mailseal.store.json"

local M = {}

local COLUMNS = [[SELECT tenant_id, id, url, kinds, description, sealed, sealed_before, before_until, place, waiting, enabled,
  disabled_reason, failures, failing_since, pause_until, slow, delivered_at, problem, created_at FROM webhooks ]]

local function read(row)
  if row then
    row.kinds, row.enabled, row.slow = json.decode(row.kinds), row.enabled ~= 0, row.slow ~= 0
  end
  return row
end

-- The tenant is there from then on, and nothing happens to him until the end: the next event is the one after this.
local PLACE = [[INSERT INTO tenants (id, created_at) VALUES (?, ?)
  ON CONFLICT (id) DO UPDATE SET last_event = tenants.last_event RETURNING last_event]]
local ADD = [[INSERT INTO webhooks (tenant_id, id, url, kinds, description, sealed, place, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)]]

--- Adds a webhook, for the events that come after this transaction's.
-- @tparam table tx
-- @tparam string tenant
-- @tparam table webhook `id`, `url`, `kinds`, `description`, `sealed`
-- @tparam number now seconds since 1970
function M.add(tx, tenant, webhook, now)
  local place = tx:row(PLACE, tenant, now).last_event
  tx:run(ADD, tenant, webhook.id, webhook.url, webhook.kinds and json.encode(webhook.kinds), webhook.description, webhook.sealed, place,
    now)
end

local ONE = COLUMNS .. "WHERE tenant_id = ? AND id = ?"
local LIST = COLUMNS .. "WHERE tenant_id = ? ORDER BY created_at, id LIMIT ?"

--- A webhook.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string id
-- @treturn ?table its row: `kinds` decoded, `enabled` and `slow` boolean
function M.get(tx, tenant, id) return read(tx:row(ONE, tenant, id)) end

--- The same, and nobody else changes it, or what is to be delivered by it, until the transaction is over.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string id
-- @treturn ?table as of @{get}
function M.lock(tx, tenant, id) return read(tx:row(ONE .. tx.for_update, tenant, id)) end

--- A tenant's webhooks, the oldest first.
-- @tparam table tx
-- @tparam string tenant
-- @tparam number limit how many at most
-- @treturn {table,...} as of @{get}
function M.list(tx, tenant, limit)
  local rows = tx:rows(LIST, tenant, limit)
  for _, row in ipairs(rows) do read(row) end
  return rows
end

local UPDATE = [[UPDATE webhooks SET url = ?, kinds = ?, description = ?, sealed = ?, sealed_before = ?, before_until = ?, place = ?,
  waiting = ?, enabled = ?, disabled_reason = ?, failures = ?, failing_since = ?, pause_until = ?, slow = ?, delivered_at = ?, problem = ?
  WHERE tenant_id = ? AND id = ?]]

--- Writes a webhook's row, which was locked.
-- @tparam table tx
-- @tparam string tenant
-- @tparam table row
function M.write(tx, tenant, row)
  tx:run(UPDATE, row.url, row.kinds and json.encode(row.kinds), row.description, row.sealed, row.sealed_before, row.before_until,
    row.place, row.waiting, row.enabled, row.disabled_reason, row.failures, row.failing_since, row.pause_until, row.slow,
    row.delivered_at, row.problem, tenant, row.id)
end

--- Removes a webhook, and what was to be delivered by it.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string id
-- @treturn boolean was it there?
function M.remove(tx, tenant, id)
  return tx:run("DELETE FROM webhooks WHERE tenant_id = ? AND id = ?", tenant, id) == 1
end

-- ---- for the worker, across tenants

local BEHIND = [[SELECT webhooks.tenant_id AS tenant_id, webhooks.id AS id FROM webhooks
  JOIN tenants ON tenants.id = webhooks.tenant_id AND tenants.last_event > webhooks.place
  WHERE webhooks.enabled = 1 AND webhooks.waiting < ? ORDER BY webhooks.place LIMIT ?]]

--- Webhooks whose tenants have events that were not taken up yet.
-- @tparam table tx
-- @tparam number most of those at which less than so many deliveries wait
-- @tparam number limit how many at most
-- @treturn {table,...} `tenant_id`, `id`
function M.behind(tx, most, limit) return tx:rows(BEHIND, most, limit) end

return M
