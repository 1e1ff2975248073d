--- The table meta: what is true of the whole database, by name.
-- @module mailseal.store.meta
local M = {}

--- What is kept under a name.
-- @tparam table tx
-- @tparam string name
-- @treturn ?string nil where nothing is
function M.get(tx, name)
  local row = tx:row("SELECT value FROM meta WHERE name = ?", name)
  return row and row.value
end

--- Keeps something under a name, unless something is kept there already.
-- @tparam table tx
-- @tparam string name
-- @tparam string value
-- @treturn string what is kept there now
function M.keep(tx, name, value)
  tx:run("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, value)
  return M.get(tx, name)
end

return M
