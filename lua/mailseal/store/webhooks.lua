--- The table webhooks: where a tenant wants his events sent to. What is to be sent is in `mailseal.store.deliveries`.
--
-- Whoever changes a webhook's row, or what is to be delivered by it, has locked the row first (@{lock}).
-- @module mailseal.store.webhooks
local json = require "mailseal.store.json"

local M = {}

local COLUMNS = [[SELECT tenant_id, id, url, kinds, description, sealed, sealed_before, before_until, place, waiting, enabled,
  disabled_reason, failures, failing_since, pause_until, slow, due_at, delivered_at, problem, created_at FROM webhooks ]]

local function read(row)
  if row then
    row.kinds, row.enabled, row.slow = json.decode(row.kinds), row.enabled ~= 0, row.slow ~= 0
  end
  return row
end

-- The tenant is there from then on, and nothing happens to him until the end: the next event is the one after this. What happens is news.
local PLACE = [[INSERT INTO tenants (id, created_at, news) VALUES (?, ?, 0)
  ON CONFLICT (id) DO UPDATE SET news = COALESCE(tenants.news, 0) RETURNING last_event]]
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
  waiting = ?, enabled = ?, disabled_reason = ?, failures = ?, failing_since = ?, pause_until = ?, slow = ?, due_at = ?, poor = ?,
  delivered_at = ?, problem = ?
  WHERE tenant_id = ? AND id = ?]]

--- Writes a webhook's row, which was locked.
-- @tparam table tx
-- @tparam string tenant
-- @tparam table row
function M.write(tx, tenant, row)
  tx:run(UPDATE, row.url, row.kinds and json.encode(row.kinds), row.description, row.sealed, row.sealed_before, row.before_until,
    row.place, row.waiting, row.enabled, row.disabled_reason, row.failures, row.failing_since, row.pause_until, row.slow,
    row.due_at, row.failures > 0 or row.slow, row.delivered_at, row.problem, tenant, row.id)
end

--- Removes a webhook, and what was to be delivered by it.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string id
-- @treturn boolean was it there?
function M.remove(tx, tenant, id)
  return tx:run("DELETE FROM webhooks WHERE tenant_id = ? AND id = ?", tenant, id) == 1
end

-- ---- what has happened

local ENABLED = COLUMNS .. "WHERE tenant_id = ? AND enabled = 1 AND waiting < ? ORDER BY id"

--- A tenant's webhooks that take up what has happened, locked as by @{lock}.
-- @tparam table tx
-- @tparam string tenant
-- @tparam number most those at which less than so many deliveries wait
-- @treturn {table,...} as of @{get}
function M.lock_takers(tx, tenant, most)
  local rows = tx:rows(ENABLED .. tx.for_update, tenant, most)
  for _, row in ipairs(rows) do read(row) end
  return rows
end

local TAKE_NEWS = "UPDATE tenants SET news = 0 WHERE id = ? AND news = 1"

--- There is no news for a tenant's webhooks from then on, and nothing happens to him until the transaction is over.
-- @tparam table tx
-- @tparam string tenant
-- @treturn boolean was there any?
function M.take_news(tx, tenant) return tx:run(TAKE_NEWS, tenant) == 1 end

local TELL_NEWS = "UPDATE tenants SET news = 1 WHERE id = ? AND news = 0 AND last_event > ?"

-- After all else, in the order of the tenants' names: as events do (`mailseal.store.events`).
local function tell(tx, places)
  local tenants = {}
  for tenant in pairs(places) do tenants[#tenants + 1] = tenant end
  table.sort(tenants)
  for _, tenant in ipairs(tenants) do tx:run(TELL_NEWS, tenant, places[tenant]) end
end

--- There is news for a tenant's webhooks, where something has happened after an event. It is written at the end of the transaction.
-- @tparam table tx
-- @tparam string tenant
-- @tparam number place the event's id
function M.tell_news(tx, tenant, place)
  local places = tx:at_commit(M, tell, function() return {} end)
  places[tenant] = math.min(places[tenant] or place, place)
end

-- ---- for the worker, across tenants

local WITH_NEWS = "SELECT id FROM tenants WHERE news = 1 LIMIT ?"

--- Tenants with webhooks to whom something has happened that was not taken up yet.
-- @tparam table tx
-- @tparam number limit how many at most
-- @treturn {table,...} `id`
function M.with_news(tx, limit) return tx:rows(WITH_NEWS, limit) end

local DUE = "SELECT tenant_id, id FROM webhooks WHERE poor = ? AND due_at <= ? ORDER BY due_at LIMIT ?"

--- Webhooks by which something is to be sent, the longest due first.
-- @tparam table tx
-- @tparam number now seconds since 1970
-- @tparam boolean poor those that have failed, or were slow, the last time; or the others
-- @tparam number limit
-- @treturn {table,...} `tenant_id`, `id`
function M.due(tx, now, poor, limit) return tx:rows(DUE, poor, now, limit) end

return M
