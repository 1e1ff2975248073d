--- The table events: what happened, append-only, tenant by tenant. It is the audit trail and the feed of webhooks.
--
-- A tenant's events are numbered without gaps in the order in which they were committed: whoever reads after the id
-- seen last misses none.
-- @module mailseal.store.events
local bulk = require "mailseal.store.bulk"
local json = require "mailseal.store.json"

local unpack = table.unpack or unpack -- luacheck: ignore

local M = {}

-- The tenant's counter is raised by all that this transaction adds, and its row stays locked until the end: another
-- transaction's events of the same tenant get their ids after these are there to be read. Where he has webhooks there is news for them.
local TAKE_IDS = [[INSERT INTO tenants (id, created_at, last_event) VALUES (?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET last_event = tenants.last_event + excluded.last_event,
    news = CASE WHEN tenants.news = 0 THEN 1 ELSE tenants.news END RETURNING last_event]]
local ROWS = { table = "events", columns = { "tenant_id", "id", "domain", "at", "kind", "actor", "data" } }

-- In the order of the tenants' names, lest two transactions wait for each other's.
local function write(tx, pending)
  table.sort(pending.tenants)
  for _, tenant in ipairs(pending.tenants) do
    local events = pending.of[tenant]
    local last = tx:row(TAKE_IDS, tenant, events[1].at, #events).last_event
    for i, event in ipairs(events) do
      event.id = last - #events + i
    end
    bulk.insert(tx, ROWS, events)
  end
end

-- Who asked for what happens: what comes of it for another tenant is told him without that.
local function actor_of(tx, tenant)
  local whose = tx.whose
  return whose and whose.id == tenant and whose.actor or nil
end

--- Adds an event, which is written at the end of the transaction.
-- @tparam table tx
-- @tparam string tenant
-- @tparam ?string domain nil for what is about no domain
-- @tparam string kind a stable word
-- @tparam ?table data plain data
-- @tparam[opt] table more `at`: seconds since 1970, else now; `actor`: who did it, else whoever the transaction is for (`db:write`)
function M.add(tx, tenant, domain, kind, data, more)
  local pending = tx:at_commit(M, write, function() return { tenants = {}, of = {} } end)
  local events = pending.of[tenant]
  if not events then
    events = {}
    pending.of[tenant] = events
    pending.tenants[#pending.tenants + 1] = tenant
  end
  events[#events + 1] = {
    tenant_id = tenant,
    domain = domain,
    kind = kind,
    data = json.encode(data or {}),
    at = more and more.at or os.time(),
    actor = more and more.actor or actor_of(tx, tenant),
  }
end

local COLUMNS = "SELECT id, domain, at, kind, actor, data FROM events WHERE tenant_id = ? AND id > ?"
local AFTER = COLUMNS .. " ORDER BY id LIMIT ?"
local AFTER_OF_DOMAIN = COLUMNS .. " AND domain = ? ORDER BY id LIMIT ?"

local function decoded(rows)
  for _, event in ipairs(rows) do
    event.data = json.decode(event.data)
  end
  return rows
end

--- A tenant's events after one, in order.
-- @tparam table tx
-- @tparam string tenant
-- @tparam number id that of the last event seen; 0 for all
-- @tparam number limit at most so many
-- @tparam[opt] string domain those about this domain alone
-- @treturn {table,...} each with `id`, `domain`, `at`, `kind`, `actor`, `data`
function M.after(tx, tenant, id, limit, domain)
  local rows
  if domain then
    rows = tx:rows(AFTER_OF_DOMAIN, tenant, id, domain, limit)
  else
    rows = tx:rows(AFTER, tenant, id, limit)
  end
  return decoded(rows)
end

local BACK = "SELECT id, domain, at, kind, actor, data FROM events WHERE tenant_id = ? AND id < ?"
local BEFORE = BACK .. " ORDER BY id DESC LIMIT ?"
local BEFORE_OF_DOMAIN = BACK .. " AND domain = ? ORDER BY id DESC LIMIT ?"

--- A tenant's events before one, the newest first.
-- @tparam table tx
-- @tparam string tenant
-- @tparam number id
-- @tparam number limit at most so many
-- @tparam[opt] string domain those about this domain alone
-- @treturn {table,...} as of @{after}
function M.before(tx, tenant, id, limit, domain)
  if domain then
    return decoded(tx:rows(BEFORE_OF_DOMAIN, tenant, id, domain, limit))
  end
  return decoded(tx:rows(BEFORE, tenant, id, limit))
end

-- So many names a statement has, the last one again where there are less: each statement's text is prepared once.
local AT_A_TIME = 64
local NAMES = ("?, "):rep(AT_A_TIME - 1) .. "?"
local LAST = "SELECT id, last_event FROM tenants WHERE id IN (" .. NAMES .. ")"

--- The ids of the last events of some tenants.
-- @tparam table tx
-- @tparam {string,...} tenants
-- @treturn table by tenant; those that the database does not know are not there
function M.last(tx, tenants)
  local last = {}
  for first = 1, #tenants, AT_A_TIME do
    local names = {}
    for i = 1, AT_A_TIME do
      names[i] = tenants[math.min(first + i - 1, #tenants)]
    end
    for _, row in ipairs(tx:rows(LAST, unpack(names, 1, AT_A_TIME))) do
      last[row.id] = row.last_event
    end
  end
  return last
end

return M
