--- The table locks: what one process at a time does, of all that share the database. Whoever dies leaves a lease, which ends.
-- @module mailseal.store.locks
local M = {}

local TAKE = [[INSERT INTO locks (name, owner, lease_until) VALUES (?, ?, ?)
  ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
  WHERE locks.lease_until <= ? OR locks.owner = excluded.owner]]
local UNTIL = "SELECT lease_until FROM locks WHERE name = ?"

--- Takes locks, all or none: where one is somebody else's, the transaction is to be given up.
-- @tparam table tx
-- @tparam {string,...} names
-- @tparam table lease `owner`; `now`, `ends`: seconds since 1970
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] number until when somebody else has one of them
function M.take(tx, names, lease)
  local sorted = {}
  for i, name in ipairs(names) do sorted[i] = name end
  table.sort(sorted) -- lest two wait for each other's
  for _, name in ipairs(sorted) do
    if tx:run(TAKE, name, lease.owner, lease.ends, lease.now) == 0 then
      local row = tx:row(UNTIL, name)
      return nil, row and row.lease_until or lease.now
    end
  end
  return true
end

--- Has the locks that somebody holds for longer.
-- @tparam table tx
-- @tparam string owner
-- @tparam number now
-- @tparam number ends seconds since 1970
-- @treturn number how many he holds still
function M.renew(tx, owner, now, ends)
  return tx:run("UPDATE locks SET lease_until = ? WHERE owner = ? AND lease_until > ?", ends, owner, now)
end

--- How many locks somebody holds.
-- @tparam table tx
-- @tparam string owner
-- @tparam number now
-- @treturn number
function M.count(tx, owner, now)
  return tx:row("SELECT count(*) AS n FROM locks WHERE owner = ? AND lease_until > ?", owner, now).n
end

--- Gives up all that somebody holds.
-- @tparam table tx
-- @tparam string owner
function M.release(tx, owner) tx:run("DELETE FROM locks WHERE owner = ?", owner) end

return M
