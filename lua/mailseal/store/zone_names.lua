--- The tables zone_names and zone_pauses: names in operators' zones at which keys of domains stand, and when each is looked at.
--
-- A name is here from when a key is to stand there until nothing does and its domain is gone. What is to stand there is said by the keys
-- alone, whenever it is asked for: so it cannot be out of date.
-- @module mailseal.store.zone_names
local M = {}

local WAKE = [[INSERT INTO zone_names (tenant_id, domain, name, zone, due_at) VALUES (?, ?, ?, ?, 0)
  ON CONFLICT (tenant_id, domain, name) DO UPDATE SET due_at = 0, attempts = 0, turn = zone_names.turn + 1]]
local WAKE_ALL = "UPDATE zone_names SET due_at = 0, attempts = 0, turn = turn + 1 WHERE tenant_id = ? AND domain = ?"
local WAKE_ZONE = "UPDATE zone_names SET due_at = 0, attempts = 0, turn = turn + 1 WHERE zone = ?"

--- Has a name looked at as soon as may be: what is to stand there has changed.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam string name
function M.wake(tx, tenant, domain, name)
  tx:run(WAKE, tenant, domain, name, name:match "%.(.+)$")
end

--- The same of all names of a domain, which is about to be removed.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
function M.wake_all(tx, tenant, domain) tx:run(WAKE_ALL, tenant, domain) end

--- The same of all names in a zone; and that it is written to at once, whatever has gone wrong with it.
-- @tparam table tx
-- @tparam string zone
-- @treturn number how many there are
function M.wake_zone(tx, zone)
  M.resume(tx, zone)
  return tx:run(WAKE_ZONE, zone)
end

-- ---- what is due

local IS_DUE = "SELECT 1 FROM zone_names WHERE zone = ? AND due_at <= ? LIMIT 1"

-- A key's name is its domain's: so it is found by that.
local COLUMNS = [[SELECT z.name, z.tenant_id, z.domain, z.held, z.intended, z.turn, z.attempts, z.code, k.target, k.state, k.type, k.public
  FROM zone_names z LEFT JOIN keys k ON k.tenant_id = z.tenant_id AND k.domain = z.domain AND k.target = z.name WHERE z.zone = ? ]]
local DUE = COLUMNS .. "AND z.due_at <= ? ORDER BY z.due_at, z.name LIMIT ?"
local LIST = COLUMNS .. "AND z.name > ? ORDER BY z.name LIMIT ?"

--- Is any name of a zone due?
-- @tparam table tx
-- @tparam string zone
-- @tparam number now
-- @treturn boolean
function M.is_due(tx, zone, now) return tx:row(IS_DUE, zone, now) ~= nil end

--- Names that are due, those that are so for the longest time first.
-- @tparam table tx
-- @tparam string zone
-- @tparam number now
-- @tparam number limit
-- @treturn {table,...} `name`, `tenant_id`, `domain`, `held`, `intended`, `turn`, `attempts`, `code`; and of the key whose place it is
--   `target`, `state`, `type`, `public`, nil where there is none any more
function M.due(tx, zone, now, limit) return tx:rows(DUE, zone, now, limit) end

--- Names of a zone, in their order.
-- @tparam table tx
-- @tparam string zone
-- @tparam string after those behind this one; "" for the first
-- @tparam number limit
-- @treturn {table,...} as of @{due}
function M.list(tx, zone, after, limit) return tx:rows(LIST, zone, after, limit) end

-- ---- what becomes of them

local THIS = " WHERE tenant_id = ? AND domain = ? AND name = ?"
local INTEND = "UPDATE zone_names SET intended = ?" .. THIS

--- Notes what is about to be written at a name.
-- @tparam table tx
-- @tparam table row `tenant_id`, `domain`, `name`
-- @tparam string text "" where it is taken away
function M.intend(tx, row, text) tx:run(INTEND, text, row.tenant_id, row.domain, row.name) end

local FAILED = "UPDATE zone_names SET due_at = ?, attempts = ?, code = ?, problem = ?" .. THIS .. " AND turn = ?"
local WELL = [[UPDATE zone_names SET held = ?, intended = NULL, attempts = 0, code = NULL, problem = NULL,
  due_at = CASE WHEN turn = ? THEN ? ELSE due_at END]] .. THIS

--- Notes that a name could not be looked at, or not be written; not where it has come to be due meanwhile.
-- @tparam table tx
-- @tparam table row `tenant_id`, `domain`, `name`, `turn`, as it was read
-- @tparam table failure `due_at`, `attempts`, `code`, `problem`
function M.failed(tx, row, failure)
  tx:run(FAILED, failure.due_at, failure.attempts, failure.code, failure.problem, row.tenant_id, row.domain, row.name, row.turn)
end

--- Notes what stands at a name.
-- @tparam table tx
-- @tparam table row as of @{failed}
-- @tparam ?string held the text that stands there
-- @tparam ?number due_at when it is looked at again; where it has come to be due meanwhile it stays so
function M.well(tx, row, held, due_at) tx:run(WELL, held, row.turn, due_at, row.tenant_id, row.domain, row.name) end

local REMOVE = "DELETE FROM zone_names" .. THIS .. " AND turn = ?"

--- Forgets a name, at which nothing is any more, nor is to be.
-- @tparam table tx
-- @tparam table row as of @{failed}
function M.remove(tx, row)
  tx:run(REMOVE, row.tenant_id, row.domain, row.name, row.turn)
end

-- ---- zones that cannot be written to

local PAUSE = [[INSERT INTO zone_pauses (zone, due_at, attempts, code, problem) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (zone) DO UPDATE SET due_at = excluded.due_at, attempts = excluded.attempts, code = excluded.code,
    problem = excluded.problem]]

--- The last problem with a zone, where it is one still.
-- @tparam table tx
-- @tparam string zone
-- @treturn ?table `due_at` (when it is tried again), `attempts`, `code`, `problem`
function M.pause_of(tx, zone) return tx:row("SELECT due_at, attempts, code, problem FROM zone_pauses WHERE zone = ?", zone) end

--- Leaves a zone alone for a while.
-- @tparam table tx
-- @tparam string zone
-- @tparam table pause as of @{pause_of}
function M.pause(tx, zone, pause) tx:run(PAUSE, zone, pause.due_at, pause.attempts, pause.code, pause.problem) end

--- Ends that.
-- @tparam table tx
-- @tparam string zone
function M.resume(tx, zone) tx:run("DELETE FROM zone_pauses WHERE zone = ?", zone) end

return M
