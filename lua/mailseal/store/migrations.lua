--- Brings a database to the schema that this mailseal knows, by numbered steps, each a module of `mailseal.store.schema`:
-- lists of statements for both databases.
--
-- The number of the last one done is kept in the table meta. All that are due are done in one transaction, so that a
-- database is never half way; of several processes that open an old one at a time the first does it and the others wait.
-- @module mailseal.store.migrations

local M = {}

--- The steps, each a list of statements.
M.STEPS = {
  (require "mailseal.store.schema.0001"),
  (require "mailseal.store.schema.0002"),
  (require "mailseal.store.schema.0003"),
  (require "mailseal.store.schema.0004"),
  (require "mailseal.store.schema.0005"),
  (require "mailseal.store.schema.0006"),
  (require "mailseal.store.schema.0007"),
}

-- Some of the tables that every schema has.
local OURS = { "meta", "tenants", "released" }

-- Are there tables that a mailseal has not made? In a file of SQLite's nobody else's have their place; PostgreSQL's may be there as long
-- as their names are others.
local function is_foreign(tx)
  local driver, found = tx.connection.driver, 0
  for _, name in ipairs(OURS) do
    found = found + (tx:row(driver.table_exists, name) and 1 or 0)
  end
  return found > 0 and found < #OURS or found == 0 and driver.any_table and tx:row(driver.any_table) ~= nil
end

local function foreign()
  return nil, "the database holds tables of another program: name one that is mailseal's own, or a new one", "store_foreign"
end

local function version(tx)
  if is_foreign(tx) then
    return foreign()
  elseif not tx:row(tx.connection.driver.table_exists, "meta") then
    return 0
  end
  local row = tx:row("SELECT value FROM meta WHERE name = 'schema'")
  return row and tonumber(row.value) or 0
end

local function too_new(found, known)
  return nil,
    ("the database has schema %d, and this mailseal knows schemas up to %d: a later mailseal made it"):format(found, known),
    "store_too_new"
end

local function migrate(tx, steps)
  local driver = tx.connection.driver
  if driver.migration_lock then
    tx:row(driver.migration_lock)
  end
  local done, message, code = version(tx)
  if not done then
    return nil, message, code
  elseif done > #steps then
    return too_new(done, #steps)
  end
  for step = done + 1, #steps do
    for _, sql in ipairs(steps[step]) do
      tx:run(driver.ddl(sql))
    end
  end
  tx:run(
    "INSERT INTO meta (name, value) VALUES ('schema', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    tostring(#steps)
  )
  return true
end

--- Migrates a database where that is due.
-- @tparam table db
-- @tparam[opt] {{string,...},...} steps others than those of this mailseal
-- @treturn ?boolean true
-- @treturn ?string what went wrong
-- @treturn ?string its code, `store_too_new` and `store_foreign` among others
function M.run(db, steps)
  steps = steps or M.STEPS
  local found, message, code = db:read(version)
  if not found then
    return nil, message, code
  elseif found > #steps then
    return too_new(found, #steps)
  elseif found == #steps then
    return true
  end
  return db:write(function(tx) return migrate(tx, steps) end)
end

return M
