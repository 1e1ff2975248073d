--- What waits to be done, of all tenants: how much is due by now, and since when.
-- @module mailseal.store.queues
local domains = require "mailseal.store.domains"

local M = {}

--- So many are counted at most: who is that far behind need not know by how much, and to count a million takes its time.
M.MOST = 100000

--- The names of what waits.
M.NAMES = { "pending", "routine", "gates", "keys", "webhooks" }

local IN_LANE = [[SELECT COUNT(*) AS due, MIN(next_check_at) AS oldest FROM
  (SELECT next_check_at FROM domains WHERE next_check_at <= ? AND lane = ? ORDER BY next_check_at LIMIT ?) AS waiting]]
local GATES = [[SELECT COUNT(*) AS due, MIN(gate_at) AS oldest FROM
  (SELECT gate_at FROM domains WHERE gate_at <= ? ORDER BY gate_at LIMIT ?) AS waiting]]
local KEYS = [[SELECT COUNT(*) AS due, MIN(next_at) AS oldest FROM
  (SELECT next_at FROM keys WHERE next_at <= ? ORDER BY next_at LIMIT ?) AS waiting]]
local WEBHOOKS = [[SELECT COUNT(*) AS due, MIN(due_at) AS oldest FROM
  (SELECT due_at FROM webhooks WHERE due_at <= ? ORDER BY due_at LIMIT ?) AS waiting]]

--- What is due.
-- @tparam table tx
-- @tparam number now seconds since 1970
-- @treturn {table,...} `name` ("pending" and "routine": looks at domains that are not verified yet, and at those that are; "gates": held
--   mail and health; "keys": steps of rotations; "webhooks": those by which something is to be sent); `due`: how many, at most `MOST`;
--   `oldest`: since when the first one is due, nil where none is
function M.due(tx, now)
  local list = {
    tx:row(IN_LANE, now, domains.PENDING, M.MOST), tx:row(IN_LANE, now, domains.ROUTINE, M.MOST), tx:row(GATES, now, M.MOST),
    tx:row(KEYS, now, M.MOST), tx:row(WEBHOOKS, now, M.MOST),
  }
  for i, name in ipairs(M.NAMES) do
    list[i].name = name
  end
  return list
end

-- Each has an index of its own, which is found by the word.
local WAITING = "SELECT COUNT(*) AS count FROM (SELECT 1 FROM deliveries WHERE state = 'waiting' LIMIT ?) AS counted"
local DEAD = "SELECT COUNT(*) AS count FROM (SELECT 1 FROM deliveries WHERE state = 'dead' LIMIT ?) AS counted"

--- How many deliveries to webhooks there are.
-- @tparam table tx
-- @treturn table `waiting`: to be made, now or later; `dead`: given up; at most `MOST` of each
function M.backlog(tx)
  return { waiting = tx:row(WAITING, M.MOST).count, dead = tx:row(DEAD, M.MOST).count }
end

return M
