--- The table checks: how many looks at domains there were since the database was made, by what they have come to. Whoever looks counts
-- in the transaction that writes what was seen: so no restart forgets any, and whatever process looks is counted.
-- @module mailseal.store.checks
local unpack = table.unpack or unpack -- luacheck: ignore

local M = {}

local ADD = "INSERT INTO checks (outcome, count) VALUES %s ON CONFLICT (outcome) DO UPDATE SET count = checks.count + excluded.count"

-- One statement for all, in the order of the outcomes, lest two transactions wait for each other's.
local function write(tx, counts)
  local outcomes, values = {}, {}
  for outcome in pairs(counts) do
    outcomes[#outcomes + 1] = outcome
  end
  table.sort(outcomes)
  for i, outcome in ipairs(outcomes) do
    values[2 * i - 1], values[2 * i], outcomes[i] = outcome, counts[outcome], "(?, ?)"
  end
  tx:run(ADD:format(table.concat(outcomes, ", ")), unpack(values))
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
