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

local BEGIN = [[UPDATE deliveries SET next_at = CASE WHEN lease_owner IS NULL THEN ? ELSE next_at END, attempts = 0, first_at = NULL
  WHERE tenant_id = ? AND webhook = ? AND next_at IS NOT NULL]]

--- Has what comes next of each domain sent, as if it had not been tried before. What is under way stays so.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam number moment
function M.begin(tx, tenant, webhook, moment) tx:run(BEGIN, moment, tenant, webhook) end

local DEAD = "SELECT event, domain FROM deliveries " .. OF_WEBHOOK .. "AND state = 'dead' ORDER BY event LIMIT ?"

--- Those that were given up, the oldest first.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam number limit
-- @treturn {table,...} `event`, `domain`
function M.dead(tx, tenant, webhook, limit) return tx:rows(DEAD, tenant, webhook, limit) end

local FORGET = "DELETE FROM deliveries " .. OF_WEBHOOK .. [[AND state = 'dead' AND event <= (
  SELECT event FROM deliveries WHERE tenant_id = ? AND webhook = ? AND state = 'dead' ORDER BY event DESC LIMIT 1 OFFSET ?)]]

--- Forgets the oldest of those that were given up, where there are too many.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam number most how many are kept
function M.forget_dead(tx, tenant, webhook, most) tx:run(FORGET, tenant, webhook, tenant, webhook, most) end

-- ---- leases

local UNDER_WAY = "SELECT COUNT(*) AS n, MIN(next_at) AS ends FROM deliveries " .. OF_WEBHOOK
  .. "AND lease_owner IS NOT NULL AND next_at > ?"
local FIRST = "SELECT MIN(next_at) AS at FROM deliveries " .. OF_WEBHOOK .. "AND next_at IS NOT NULL"

--- From when on something can be leased.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam number now seconds since 1970
-- @tparam number at_a_time how many may be under way
-- @treturn ?number nil where nothing is to be sent
function M.due_at(tx, tenant, webhook, now, at_a_time)
  local under_way = tx:row(UNDER_WAY, tenant, webhook, now)
  if under_way.n >= at_a_time then return under_way.ends end
  return tx:row(FIRST, tenant, webhook).at
end

local HEAD = "SELECT event FROM deliveries " .. OF_WEBHOOK .. "AND next_at <= ? ORDER BY next_at, event LIMIT ?"
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

local GIVE_BACK = "UPDATE deliveries SET lease_owner = NULL, next_at = ? " .. OF_WEBHOOK .. "AND lease_owner = ?"

--- Gives back what somebody has leased of a webhook's.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string webhook
-- @tparam string owner
-- @tparam number now
function M.give_back(tx, tenant, webhook, owner, now) tx:run(GIVE_BACK, now, tenant, webhook, owner) end

return M
