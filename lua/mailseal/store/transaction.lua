--- A transaction, as the function given to `write` or `read` of a database gets it.
--
-- Statements are parametrised, with `?` for each value, and are never built from values: each text is prepared once.
-- What the database refuses ends the transaction (see `mailseal.store`), so there is nothing to check after each
-- statement. A transaction never waits for anything but the database: nothing within it may yield.
-- @module mailseal.store.transaction

local M = {}

local methods = {}
local Writing = { __name = "mailseal.store.writing", __index = methods }
local Reading = { __name = "mailseal.store.reading", __index = methods }

--- A transaction on a connection.
-- @tparam table connection
-- @tparam string mode "write", "read", or "ask": the same as "read", with no transaction begun
-- @tparam[opt] table whose as of `db:write`
-- @treturn table
function M.new(connection, mode, whose)
  local writing = mode == "write"
  return setmetatable({
    connection = connection,
    writing = writing,
    alone = mode == "ask",
    -- What a SELECT of rows that are then changed ends with.
    for_update = writing and connection.driver.for_update or "",
    steps = {},
    whose = whose,
  }, writing and Writing or Reading)
end

local function guarded(self, method, ...)
  local ok, result = pcall(self.connection[method], self.connection, ...)
  if not ok then
    -- Whoever catches this goes on in vain: there is no committing any more.
    self.failed = self.failed or result
    error(result, 0)
  end
  return result
end

local function check(self, sql)
  if self.ended then
    error("the transaction has ended", 3)
  elseif type(sql) ~= "string" then
    error("a statement of SQL is wanted, not a " .. type(sql), 3)
  end
end

--- Runs a statement that changes rows.
-- @tparam string sql
-- @tparam any ... its values: strings (UTF-8), numbers, booleans (kept as 1 and 0), nil or the store's `null`
-- @treturn number how many rows it changed
function methods:run(sql, ...)
  if not self.writing then
    error("a transaction of read does not write", 2)
  end
  check(self, sql)
  return guarded(self, "execute", sql, ...):affected()
end

--- All rows of a statement.
-- @tparam string sql
-- @tparam any ... its values, as of @{run}
-- @treturn {table,...} each with its columns by name; NULL is nil
function methods:rows(sql, ...)
  check(self, sql)
  return guarded(self, "rows", sql, ...)
end

--- A value as it is bound, for what is given to the database within JSON.
-- @tparam any value as of @{run}
-- @treturn ?string|number
function methods:value(value)
  return guarded(self, "value", value)
end

--- The first row of a statement.
-- @tparam string sql
-- @tparam any ... its values, as of @{run}
-- @treturn ?table its columns by name; nil where there is no row
function methods:row(sql, ...)
  check(self, sql)
  return guarded(self, "rows", sql, ...)[1]
end

--- Has something done at the end, before the transaction is committed, once however often it is asked for.
-- @tparam any key by which one step is told from another
-- @tparam function step called with the transaction and with `state`
-- @tparam function new makes `state`
-- @treturn any the state of that step
function methods:at_commit(key, step, new)
  local known = self.steps[key]
  if not known then
    known = { step = step, state = new() }
    self.steps[key] = known
    self.steps[#self.steps + 1] = known
  end
  return known.state
end

--- Does what is to be done before the transaction is committed.
-- @tparam table tx
function M.finish(tx)
  for _, one in ipairs(tx.steps) do
    one.step(tx, one.state)
  end
end

return M
