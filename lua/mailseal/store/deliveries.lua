--- The table deliveries: what is to be sent by a webhook, and what was given up.
--
-- Of what waits of one domain, the one that comes next has `next_at`; the others have none until it is done with (@{promote}): so a later
-- event of a domain never overtakes an earlier one. Each change is made under the lock of the webhook's row (`mailseal.store.webhooks`).
-- @module mailseal.store.deliveries
local bulk = require "mailseal.store.bulk"
local json = require "mailseal.store.json"

local M = {}

local COLUMNS = "SELECT event, domain, state, attempts, first_at, last_at, next_at, lease_owner, status, problem FROM deliveries "
local OF_WEBHOOK = "WHERE tenant_id = ? AND webhook = ? "

-- ---- adding

local NEW = { table = "deliveries", columns = { "tenant_id", "webhook", "event", "domain", "state", "attempts", "next_at" } }
local HAS_WAITING = "SELECT 1 AS found FROM deliveries " .. OF_WEBHOOK .. "AND domain = ? AND state = 'waiting' LIMIT 1"

--- Adds what is to be sent.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam {table,...} events in order; their `id` and `domain` count
-- @tparam number moment from which on they may be sent, seconds since 1970
function M.add(tx, tenant, webhook, events, moment)
  local rows, waits = {}, {}
  for i, event in ipairs(events) do
    local domain = event.domain or ""
    if waits[domain] == nil then waits[domain] = tx:row(HAS_WAITING, tenant, webhook, domain) ~= nil end
    rows[i] = {
      tenant_id = tenant, webhook = webhook, event = event.id, domain = domain, state = "waiting", attempts = 0,
      next_at = not waits[domain] and moment or nil,
    }
    waits[domain] = true
  end
  bulk.insert(tx, NEW, rows)
end

-- ---- looking

local ONE = COLUMNS .. OF_WEBHOOK .. "AND event = ?"

--- A delivery.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam number event its id
-- @treturn ?table its row
function M.get(tx, tenant, webhook, event) return tx:row(ONE, tenant, webhook, event) end

local WITH_EVENT = [[SELECT deliveries.event AS event, deliveries.domain AS domain, deliveries.state AS state, attempts, first_at, last_at,
    next_at, status, problem, events.kind AS kind, events.at AS at
  FROM deliveries JOIN events ON events.tenant_id = deliveries.tenant_id AND events.id = deliveries.event
  WHERE deliveries.tenant_id = ? AND deliveries.webhook = ? AND deliveries.event > ? ]]
local LIST = WITH_EVENT .. "ORDER BY deliveries.event LIMIT ?"
local LIST_STATE = WITH_EVENT .. "AND deliveries.state = ? ORDER BY deliveries.event LIMIT ?"

--- What is to be sent, and what was given up.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam table page `after`: an event's id; `limit`; `state`: those alone
-- @treturn {table,...} rows with `kind` and `at` of the event
function M.list(tx, tenant, webhook, page)
  if page.state then return tx:rows(LIST_STATE, tenant, webhook, page.after, page.state, page.limit) end
  return tx:rows(LIST, tenant, webhook, page.after, page.limit)
end

local COUNT_DEAD = "SELECT COUNT(*) AS n FROM deliveries " .. OF_WEBHOOK .. "AND state = 'dead'"

--- How many were given up.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @treturn number
function M.count_dead(tx, tenant, webhook)
  return tx:row(COUNT_DEAD, tenant, webhook).n
end

local EVENT = "SELECT id, domain, at, kind, actor, data FROM events WHERE tenant_id = ? AND id = ?"

--- The event that is to be sent.
-- @tparam table tx
-- @tparam string tenant
-- @tparam number id
-- @treturn ?table `id`, `domain`, `at`, `kind`, `actor`, `data`
function M.event(tx, tenant, id)
  local event = tx:row(EVENT, tenant, id)
  if event then event.data = json.decode(event.data) end
  return event
end

-- ---- changing

local NEXT = "SELECT MIN(event) AS event FROM deliveries " .. OF_WEBHOOK .. "AND domain = ? AND state = 'waiting'"
local SET_NEXT = "UPDATE deliveries SET next_at = ? " .. OF_WEBHOOK .. "AND event = ?"

--- Lets the next of a domain be sent, where another was done with.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam string domain
-- @tparam number moment from which on
function M.promote(tx, tenant, webhook, domain, moment)
  local event = tx:row(NEXT, tenant, webhook, domain).event
  if event then tx:run(SET_NEXT, moment, tenant, webhook, event) end
end

--- Is any of a domain waiting?
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam string domain
-- @treturn boolean
function M.is_waiting(tx, tenant, webhook, domain) return tx:row(HAS_WAITING, tenant, webhook, domain) ~= nil end

local REMOVE = "DELETE FROM deliveries " .. OF_WEBHOOK .. "AND event = ?"

--- Removes a delivery.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam number event
function M.remove(tx, tenant, webhook, event)
  tx:run(REMOVE, tenant, webhook, event)
end

local WRITE = [[UPDATE deliveries SET state = ?, attempts = ?, first_at = ?, last_at = ?, next_at = ?, status = ?, problem = ?,
  lease_owner = NULL ]] .. OF_WEBHOOK .. "AND event = ?"

--- Writes a delivery's row, and ends the lease on it.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam table row
function M.write(tx, tenant, webhook, row)
  tx:run(WRITE, row.state, row.attempts, row.first_at, row.last_at, row.next_at, row.status, row.problem, tenant, webhook, row.event)
end

local REST = "UPDATE deliveries SET next_at = NULL, lease_owner = NULL " .. OF_WEBHOOK .. "AND state = 'waiting'"
local HEADS = [[UPDATE deliveries SET next_at = ?, attempts = 0, first_at = NULL
  WHERE tenant_id = ? AND webhook = ? AND state = 'waiting' AND event IN (
    SELECT MIN(event) FROM deliveries WHERE tenant_id = ? AND webhook = ? AND state = 'waiting' GROUP BY domain)]]

--- Has nothing of a webhook sent until @{begin}: what is under way is none of its sender's any more.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
function M.rest(tx, tenant, webhook) tx:run(REST, tenant, webhook) end

--- Has what comes next of each domain sent, as if it had not been tried before.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam number moment
function M.begin(tx, tenant, webhook, moment) tx:run(HEADS, moment, tenant, webhook, tenant, webhook) end

local PAUSE = "UPDATE deliveries SET next_at = ? " .. OF_WEBHOOK .. "AND next_at < ? AND lease_owner IS NULL"
local RESUME = "UPDATE deliveries SET next_at = ? " .. OF_WEBHOOK .. "AND next_at > ? AND attempts = 0 AND lease_owner IS NULL"

--- Has what would be sent earlier sent at a moment.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam number moment
function M.pause(tx, tenant, webhook, moment) tx:run(PAUSE, moment, tenant, webhook, moment) end

--- Has what was never tried, and was to be sent later, sent at a moment.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam number moment
function M.resume(tx, tenant, webhook, moment) tx:run(RESUME, moment, tenant, webhook, moment) end

local DEAD = "SELECT event, domain FROM deliveries " .. OF_WEBHOOK .. "AND state = 'dead' ORDER BY event LIMIT ?"

--- Those that were given up, the oldest first.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam number limit
-- @treturn {table,...} `event`, `domain`
function M.dead(tx, tenant, webhook, limit) return tx:rows(DEAD, tenant, webhook, limit) end

-- ---- leases, for the worker

local IS_DUE = [[SELECT 1 AS found FROM deliveries WHERE next_at <= ? LIMIT 1]]

--- Is anything to be sent?
-- @tparam table tx
-- @tparam number now seconds since 1970
-- @treturn boolean
function M.is_due(tx, now) return tx:row(IS_DUE, now) ~= nil end

local DUE = [[SELECT deliveries.tenant_id AS tenant_id, deliveries.webhook AS webhook, MIN(deliveries.next_at) AS due FROM deliveries
  JOIN webhooks ON webhooks.tenant_id = deliveries.tenant_id AND webhooks.id = deliveries.webhook
  WHERE deliveries.next_at <= ? AND CASE WHEN webhooks.failures > 0 OR webhooks.slow = 1 THEN 1 ELSE 0 END = ?
  GROUP BY deliveries.tenant_id, deliveries.webhook ORDER BY due LIMIT ?]]

--- Webhooks by which something is to be sent, the longest due first.
-- @tparam table tx
-- @tparam number now
-- @tparam boolean poor those that have failed, or were slow, the last time; or the others
-- @tparam number limit
-- @treturn {table,...} `tenant_id`, `webhook`
function M.due(tx, now, poor, limit) return tx:rows(DUE, now, poor, limit) end

local UNDER_WAY = "SELECT COUNT(*) AS n FROM deliveries " .. OF_WEBHOOK .. "AND lease_owner IS NOT NULL AND next_at > ?"
local HEAD = "SELECT event FROM deliveries " .. OF_WEBHOOK .. "AND next_at <= ? ORDER BY event LIMIT ?"
local LEASE = "UPDATE deliveries SET lease_owner = ?, next_at = ? " .. OF_WEBHOOK .. "AND event = ?"

--- Leases what is to be sent by a webhook, whose row is locked.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam table lease `owner`, `now`, `ends`; `at_a_time`: how many may be under way; `limit`: how many to lease at most
-- @treturn {number,...} the events' ids
function M.lease(tx, tenant, webhook, lease)
  local room = math.min(lease.limit, lease.at_a_time - tx:row(UNDER_WAY, tenant, webhook, lease.now).n)
  local list = {}
  for i, row in ipairs(room > 0 and tx:rows(HEAD, tenant, webhook, lease.now, room) or {}) do
    tx:run(LEASE, lease.owner, lease.ends, tenant, webhook, row.event)
    list[i] = row.event
  end
  return list
end

local GIVE_BACK = "UPDATE deliveries SET lease_owner = NULL, next_at = ? WHERE next_at > ? AND lease_owner = ?"

--- Gives back all that somebody has leased.
-- @tparam table tx
-- @tparam string owner
-- @tparam number now
function M.give_back(tx, owner, now) tx:run(GIVE_BACK, now, now, owner) end

return M
