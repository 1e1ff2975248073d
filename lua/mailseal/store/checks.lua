--- The table checks: how many looks at domains there were since the database was made, by what they have come to. Whoever looks counts
-- in the transaction that writes what was seen: so no restart forgets any, and whatever process looks is counted.
-- @module mailseal.store.checks
local M = {}

local ADD = [[INSERT INTO checks (outcome, count) VALUES (?, ?)
  ON CONFLICT (outcome) DO UPDATE SET count = checks.count + excluded.count]]

-- In the order of the outcomes, lest two transactions wait for each other's.
local function write(tx, counts)
  local outcomes = {}
  for outcome in pairs(counts) do
    outcomes[#outcomes + 1] = outcome
  end
  table.sort(outcomes)
  for _, outcome in ipairs(outcomes) do
    tx:run(ADD, outcome, counts[outcome])
  end
end

--- Counts a look, at the end of the transaction: the rows are everybody's, and are locked for as short as may be.
-- @tparam table tx
-- @tparam string outcome one of few words
function M.count(tx, outcome)
  local counts = tx:at_commit(M, write, function() return {} end)
  counts[outcome] = (counts[outcome] or 0) + 1
end

--- How many there were.
-- @tparam table tx
-- @treturn table numbers by outcome
function M.all(tx)
  local counts = {}
  for _, row in ipairs(tx:rows "SELECT outcome, count FROM checks") do
    counts[row.outcome] = row.count
  end
  return counts
end

return M
