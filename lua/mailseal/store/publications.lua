--- The tables publications and published: what was, or is being, written to customers' zones; and what of that is there still.
--
-- A publication's row is committed before anything is written to a zone, with all that is intended. What it came to is committed with
-- what is ours by then.
-- @module mailseal.store.publications
local json = require "mailseal.store.json"

local M = {}

local COLUMNS = [[SELECT id, domain, via, kind, state, actor, consents, changes, code, problem, shown, begun_at, ended_at
  FROM publications WHERE tenant_id = ? ]]
local INSERT = [[INSERT INTO publications (tenant_id, id, domain, via, kind, state, actor, consents, changes, begun_at, due_at, position)
  VALUES (?, ?, ?, ?, ?, 'under_way', ?, ?, ?, ?, ?,
    (SELECT COALESCE(MAX(position), 0) + 1 FROM publications WHERE tenant_id = ? AND domain = ?))]]
-- Whoever has done it knows better than whoever took him for dead, and found out what he had done until then.
local END = [[UPDATE publications SET state = ?, changes = ?, code = ?, problem = ?, shown = ?, ended_at = ?, due_at = NULL
  WHERE tenant_id = ? AND id = ? AND (state = 'under_way' OR state = 'settled' AND CAST(? AS TEXT) <> 'settled')]]
local BY_ID = COLUMNS .. "AND id = ?"
local OPEN = COLUMNS .. "AND domain = ? AND state = 'under_way' ORDER BY position, id"
-- By their places: of two that begin in the same second, or when the clock has been set back, the later one is the later one.
local LIST = COLUMNS .. "AND domain = ? ORDER BY position DESC, id DESC LIMIT ?"
local LIST_BEFORE = COLUMNS .. [[AND domain = ?
  AND (position, id) < (SELECT position, id FROM publications WHERE tenant_id = ? AND id = ? AND domain = ?)
  ORDER BY position DESC, id DESC LIMIT ?]]

local function read(rows)
  for _, row in ipairs(rows) do
    row.changes, row.consents = json.decode(row.changes), json.decode(row.consents)
    if row.shown ~= nil then row.shown = row.shown ~= 0 end
  end
  return rows
end

--- Adds a publication that begins now.
-- @tparam table tx
-- @tparam string tenant
-- @tparam table one `id`, `domain`, `via`, `kind`, `actor`, `consents` (a list), `changes` (by zone), `begun_at`; `due_at`: when
--   it is to be looked what became of it, unless it was ended by then
function M.add(tx, tenant, one)
  tx:run(INSERT, tenant, one.id, one.domain, one.via, one.kind, one.actor, json.encode(one.consents), json.encode(one.changes),
    one.begun_at, one.due_at, tenant, one.domain)
end

--- Ends one that is under way; or one that was settled, by whoever had begun it.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string id
-- @tparam table outcome `state`, `changes` (what it came to, by zone), `code`, `problem`, `shown`, `ended_at`
-- @treturn boolean was it? Not where somebody else has ended it
function M.finish(tx, tenant, id, outcome)
  return tx:run(END, outcome.state, json.encode(outcome.changes), outcome.code, outcome.problem, outcome.shown, outcome.ended_at,
    tenant, id, outcome.state) == 1
end

--- What one has come to.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string id
-- @treturn ?table
function M.get(tx, tenant, id) return read(tx:rows(BY_ID, tenant, id))[1] end

--- Those of a domain that are under way, or were left so, the oldest first.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @treturn {table,...}
function M.open(tx, tenant, domain) return read(tx:rows(OPEN, tenant, domain)) end

--- The publications of a domain, the newest first.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam number limit how many at most
-- @tparam[opt] table before `id` of one: those before it
-- @treturn {table,...}
function M.list(tx, tenant, domain, limit, before)
  if before then return read(tx:rows(LIST_BEFORE, tenant, domain, tenant, before.id, domain, limit)) end
  return read(tx:rows(LIST, tenant, domain, limit))
end

-- ---- for whoever runs the whole, across tenants

local DUE = [[WITH due AS MATERIALIZED (
    SELECT tenant_id AS whose, id AS which FROM publications WHERE due_at <= ? ORDER BY due_at LIMIT ?%s)
  UPDATE publications SET due_at = ? WHERE (tenant_id, id) IN (SELECT whose, which FROM due)
  RETURNING tenant_id, id, domain, via, kind, state, actor, consents, changes, begun_at]]

--- Is any of those that are under way due to be looked after? Asked before, so that who finds none keeps nobody from writing.
-- @tparam table tx
-- @tparam number now
-- @treturn boolean
function M.is_due(tx, now) return tx:row("SELECT 1 FROM publications WHERE due_at <= ? LIMIT 1", now) ~= nil end

--- Takes up those that are due. They are due again at `ends`, unless they are ended, or put off, until then.
-- @tparam table tx
-- @tparam table lease `now`, `ends`: seconds since 1970; `limit`
-- @treturn {table,...}
function M.lease(tx, lease)
  return read(tx:rows(DUE:format(tx.connection.driver.skip_locked), lease.now, lease.limit, lease.ends))
end

--- Has one that is under way looked after later.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string id
-- @tparam number due_at seconds since 1970
function M.put_off(tx, tenant, id, due_at)
  tx:run("UPDATE publications SET due_at = ? WHERE tenant_id = ? AND id = ? AND state = 'under_way'", due_at, tenant, id)
end

-- ---- what is ours

local ROWS = "SELECT via, zone, name, type, entry FROM published WHERE tenant_id = ? AND domain = ? ORDER BY via, zone, name, type"
local PUT = [[INSERT INTO published (tenant_id, domain, via, zone, name, type, entry) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (tenant_id, domain, via, zone, name, type) DO UPDATE SET entry = excluded.entry]]
local FORGET = "DELETE FROM published WHERE tenant_id = ? AND domain = ? AND via = ?"

--- What was published for a domain and was not taken back.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @treturn table by way (`via`), the list of rows of `mailseal.publish.ledger`
function M.ours(tx, tenant, domain)
  local of = {}
  for _, row in ipairs(tx:rows(ROWS, tenant, domain)) do
    of[row.via] = of[row.via] or {}
    table.insert(of[row.via], json.decode(row.entry))
  end
  return of
end

--- Replaces what was published in one way for a domain.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam string via
-- @tparam {table,...} rows of `mailseal.publish.ledger`
function M.replace(tx, tenant, domain, via, rows)
  tx:run(FORGET, tenant, domain, via)
  for _, row in ipairs(rows) do
    tx:run(PUT, tenant, domain, via, row.zone, row.name, row.type, json.encode(row))
  end
end

return M
