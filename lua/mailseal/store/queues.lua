--- What waits to be done, of all tenants: how much is due by now, and since when.
-- @module mailseal.store.queues
local domains = require "mailseal.store.domains"

local M = {}

--- So many are counted at most: who is that far behind need not know by how much, and to count a million takes its time.
M.MOST = 100000

local COUNT = "SELECT COUNT(*) AS due, MIN(at) AS oldest FROM (SELECT %s AS at FROM %s WHERE %s <= ?%s ORDER BY %s LIMIT ?) AS waiting"

local function counting(column, table_name, more)
  return COUNT:format(column, table_name, column, more or "", column)
end

local IN_LANE = counting("next_check_at", "domains", " AND lane = ?")
local QUEUES = {
  { name = "pending", sql = IN_LANE, lane = domains.PENDING },
  { name = "routine", sql = IN_LANE, lane = domains.ROUTINE },
  { name = "gates", sql = counting("gate_at", "domains") },
  { name = "keys", sql = counting("next_at", "keys") },
  { name = "webhooks", sql = counting("next_at", "deliveries") },
}

--- What is due.
-- @tparam table tx
-- @tparam number now seconds since 1970
-- @treturn {table,...} `name` ("pending" and "routine": looks at domains that are not verified yet, and at those that are; "gates": held
--   mail and health; "keys": steps of rotations; "webhooks": deliveries that are next of their domain); `due`: how many, at most `MOST`;
--   `oldest`: since when the first one is due, nil where none is
function M.due(tx, now)
  local list = {}
  for i, queue in ipairs(QUEUES) do
    local row
    if queue.lane then
      row = tx:row(queue.sql, now, queue.lane, M.MOST)
    else
      row = tx:row(queue.sql, now, M.MOST)
    end
    list[i] = { name = queue.name, due = row.due, oldest = row.oldest }
  end
  return list
end

local BACKLOG = "SELECT COUNT(*) AS count FROM (SELECT 1 FROM deliveries WHERE state = '%s' LIMIT ?) AS counted"

--- How many deliveries to webhooks there are.
-- @tparam table tx
-- @treturn table `waiting`: to be made, now or later; `dead`: given up; at most `MOST` of each
function M.backlog(tx)
  local counts = {}
  for _, state in ipairs { "waiting", "dead" } do
    counts[state] = tx:row(BACKLOG:format(state), M.MOST).count
  end
  return counts
end

return M
