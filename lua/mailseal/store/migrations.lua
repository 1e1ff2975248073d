--- Brings a database to the schema that this mailseal knows, by numbered steps, each a module of `mailseal.store.schema`.
--
-- The number of the last one done is kept in the table meta. All that are due are done in one transaction, so that a
-- database is never half way; of several processes that open an old one at a time the first does it and the others wait.
-- @module mailseal.store.migrations

local M = {}

local STEPS = { "mailseal.store.schema.0001" }

local function version(tx)
  if not tx:row(tx.connection.driver.table_exists, "meta") then
    return 0
  end
  local row = tx:row("SELECT value FROM meta WHERE name = 'schema'")
  return row and tonumber(row.value) or 0
end

local function too_new(found)
  return nil,
    ("the database has schema %d, and this mailseal knows schemas up to %d: a later mailseal made it"):format(found, #STEPS),
    "store_too_new"
end

local function migrate(tx)
  local driver = tx.connection.driver
  if driver.name == "postgresql" then
    -- Held to the transaction's end. The number is the word "mailseal"'s first letters.
    tx:row("SELECT pg_advisory_xact_lock(1835101548)")
  end
  local done = version(tx)
  if done > #STEPS then
    return too_new(done)
  end
  for step = done + 1, #STEPS do
    for _, sql in ipairs(require(STEPS[step])) do
      tx:run(driver.ddl(sql))
    end
  end
  tx:run(
    "INSERT INTO meta (name, value) VALUES ('schema', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    tostring(#STEPS)
  )
  return true
end

--- Migrates a database where that is due.
-- @tparam table db
-- @treturn ?boolean true
-- @treturn ?string what went wrong
-- @treturn ?string its code, `store_too_new` among others
function M.run(db)
  local found, message, code = db:read(version)
  if not found then
    return nil, message, code
  elseif found > #STEPS then
    return too_new(found)
  elseif found == #STEPS then
    return true
  end
  return db:write(migrate)
end

return M
