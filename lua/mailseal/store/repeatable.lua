--- The table repeatable: what was answered to requests that came with a key of their own, so that they may be repeated.
-- @module mailseal.store.repeatable
local json = require "mailseal.store.json"

local M = {}

local GET = "SELECT fingerprint, answer FROM repeatable WHERE tenant_id = ? AND request = ? AND expires_at > ?"
-- Who is second waits for the first's transaction to end. A row whose time is over is as good as none.
local ADD = [[INSERT INTO repeatable (tenant_id, request, fingerprint, answer, expires_at) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (tenant_id, request) DO UPDATE SET fingerprint = excluded.fingerprint, answer = excluded.answer,
  expires_at = excluded.expires_at WHERE repeatable.expires_at <= ?]]
local FORGET = [[DELETE FROM repeatable WHERE (tenant_id, request) IN
  (SELECT tenant_id, request FROM repeatable WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)]]

-- Rows that are dropped with each that is added: more than come, so that they do not heap up.
local DROPPED = 20

--- What was answered.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string request its key
-- @tparam number now seconds since 1970
-- @treturn ?table `fingerprint`, `answer`; nil where there was no such request, or its time is over
function M.get(tx, tenant, request, now)
  local row = tx:row(GET, tenant, request, now)
  if row then
    row.answer = json.decode(row.answer)
  end
  return row
end

--- Keeps an answer.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string request
-- @tparam table kept `fingerprint`, `answer` (plain data), `expires_at`
-- @tparam number now
-- @treturn boolean false where there is an answer to that request already
function M.add(tx, tenant, request, kept, now)
  tx:run(FORGET, now, DROPPED)
  return tx:run(ADD, tenant, request, kept.fingerprint, json.encode(kept.answer), kept.expires_at, now) > 0
end

return M
