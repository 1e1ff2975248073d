--- The tables publications and published: what was, or is being, written to customers' zones; and what of that is there still.
--
-- A publication's row is committed before anything is written to a zone, with all that is intended. What it came to is committed with
-- what is ours by then.
-- @module mailseal.store.publications
local json = require "mailseal.store.json"

local M = {}

local COLUMNS = [[SELECT id, domain, via, kind, state, actor, consents, changes, code, problem, shown, begun_at, ended_at
  FROM publications WHERE tenant_id = ? ]]
local INSERT = [[INSERT INTO publications (tenant_id, id, domain, via, kind, state, actor, consents, changes, begun_at)
  VALUES (?, ?, ?, ?, ?, 'under_way', ?, ?, ?, ?)]]
local END = [[UPDATE publications SET state = ?, changes = ?, code = ?, problem = ?, shown = ?, ended_at = ?
  WHERE tenant_id = ? AND id = ? AND state = 'under_way']]
local OPEN = COLUMNS .. "AND domain = ? AND state = 'under_way' ORDER BY begun_at, id"
local LIST = COLUMNS .. "AND domain = ? AND (begun_at < ? OR begun_at = ? AND id < ?) ORDER BY begun_at DESC, id DESC LIMIT ?"

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
-- @tparam table one `id`, `domain`, `via`, `kind`, `actor`, `consents` (a list), `changes` (by zone), `begun_at`
function M.add(tx, tenant, one)
  tx:run(INSERT, tenant, one.id, one.domain, one.via, one.kind, one.actor, json.encode(one.consents), json.encode(one.changes),
    one.begun_at)
end

--- Ends one that is under way.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string id
-- @tparam table outcome `state`, `changes` (what it came to, by zone), `code`, `problem`, `shown`, `ended_at`
-- @treturn boolean was it? Not where somebody else has ended it
function M.finish(tx, tenant, id, outcome)
  return tx:run(END, outcome.state, json.encode(outcome.changes), outcome.code, outcome.problem, outcome.shown, outcome.ended_at,
    tenant, id) == 1
end

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
-- @tparam[opt] table before `begun_at` and `id` of one: those before it
-- @treturn {table,...}
function M.list(tx, tenant, domain, limit, before)
  local at = before and before.begun_at or 2 ^ 53
  return read(tx:rows(LIST, tenant, domain, at, at, before and before.id or "", limit))
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
